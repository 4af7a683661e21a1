package dev.rekey.audit.export;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Writes down who takes a copy of the history, before the first byte of it leaves. */
@Component
class ExportLedger {

  private final AuditLog audit;

  ExportLedger(AuditLog audit) {
    this.audit = audit;
  }

  @Transactional
  void begun(ExportOrder order) {
    List<Change> what = new ArrayList<>();
    what.add(new Change("format", null, order.format().text()));
    what.add(new Change("afterSeq", null, Long.toString(order.afterSeq())));
    order.wanted().parameters().forEach((part, value) -> what.add(new Change(part, null, value)));
    audit.append(AuditEntry.exported(order.caller(), what));
  }
}
