package dev.rekey.audit.export;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Records each export before its first byte is sent. */
@Component
class ExportLedger {

  private final AuditLog audit;

  ExportLedger(AuditLog audit) {
    this.audit = audit;
  }

  @Transactional
  void started(ExportRequest request) {
    List<Change> parameters = new ArrayList<>();
    parameters.add(new Change("format", null, request.format().toString()));
    parameters.add(new Change("afterSeq", null, Long.toString(request.afterSeq())));
    request
        .wanted()
        .parameters()
        .forEach((name, value) -> parameters.add(new Change(name, null, value)));
    audit.append(AuditEntry.exported(request.caller(), parameters));
  }
}
