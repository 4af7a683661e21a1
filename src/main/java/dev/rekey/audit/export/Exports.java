package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.chain.Checkpoints;
import dev.rekey.audit.export.NdjsonWriter.Header;
import dev.rekey.platform.query.QueryText;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Gives copies of the history away. */
@Component
class Exports {

  private static final String FORMAT = "rekey-audit-export-1";

  private final ExportLedger ledger;
  private final ExportPages pages;
  private final AuditEvents events;
  private final Checkpoints checkpoints;
  private final JsonMapper json;
  private final Clock clock;

  Exports(
      ExportLedger ledger,
      ExportPages pages,
      AuditEvents events,
      Checkpoints checkpoints,
      JsonMapper json,
      Clock clock) {
    this.ledger = ledger;
    this.pages = pages;
    this.events = events;
    this.checkpoints = checkpoints;
    this.json = json;
    this.clock = clock;
  }

  /** An export that is written down and can be written out. */
  final class Begun {

    private final ExportOrder order;
    private final Header header;
    private final Ahead<ExportRow> rows;
    private final Set<String> months = pages.months();
    private List<ExportRow> page;

    private Begun(ExportOrder order, long throughSeq) {
      this.order = order;
      this.header = header(order, throughSeq);
      this.rows =
          new Ahead<>(
              last -> pages.next(order, throughSeq, last.isEmpty() ? null : last.getLast()));
      this.page = rows.next();
    }

    Instant at() {
      return header.exportedAt();
    }

    /** Writes it all, for as long as that takes. Whatever it throws, the export is not whole. */
    void writeTo(OutputStream out) throws IOException {
      ExportWriter writer =
          switch (order.format()) {
            case NDJSON -> new NdjsonWriter(out, json, header);
            case CSV -> new CsvWriter(out, json);
          };
      for (; !page.isEmpty(); page = rows.next()) {
        for (ExportRow row : page) {
          writer.row(row);
        }
      }
      if (!pages.months().containsAll(months)) {
        throw new IllegalStateException("a month was dropped while it was being exported");
      }
      writer.end();
    }
  }

  /** Nothing of the chain if it is none. */
  private Header header(ExportOrder order, long throughSeq) {
    return new Header(
        "header",
        FORMAT,
        order.isChain(),
        order.afterSeq(),
        order.isChain() ? pages.chainHash(order.afterSeq()) : null,
        throughSeq,
        clock.instant(),
        order.wanted().parameters(),
        order.isChain() ? checkpoints.newestUpTo(throughSeq).orElse(null) : null);
  }

  /**
   * Writes down that the export is given, and reads the first of it. Throws an {@code
   * invalid-parameter} problem if it is to start where the chain has not come yet.
   */
  Begun begin(ExportOrder order) {
    long head = events.head();
    if (order.afterSeq() > head) {
      throw QueryText.invalid("afterSeq may be at most " + head + ", the last sealed event.");
    }
    ledger.begun(order);
    return new Begun(order, head);
  }
}
