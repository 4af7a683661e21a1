package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.chain.Checkpoints;
import dev.rekey.audit.export.NdjsonWriter.Header;
import dev.rekey.audit.ocsf.OcsfEvents;
import dev.rekey.platform.query.QueryText;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Starts exports of the history. */
@Component
class Exports {

  private final ExportLedger ledger;
  private final ExportPages reader;
  private final AuditEvents events;
  private final Checkpoints checkpoints;
  private final JsonMapper json;
  private final OcsfEvents ocsf;
  private final Clock clock;

  Exports(
      ExportLedger ledger,
      ExportPages reader,
      AuditEvents events,
      Checkpoints checkpoints,
      JsonMapper json,
      OcsfEvents ocsf,
      Clock clock) {
    this.ledger = ledger;
    this.reader = reader;
    this.events = events;
    this.checkpoints = checkpoints;
    this.json = json;
    this.ocsf = ocsf;
    this.clock = clock;
  }

  /** Writes an export in one format. */
  interface Writer {

    void row(ExportRow row) throws IOException;

    /** Writes the end; without it, the export is incomplete. */
    void end() throws IOException;
  }

  /** An export that is recorded and that has read its first page. */
  final class Export {

    private final ExportRequest request;
    private final Header header;
    private final PagePrefetcher<ExportRow> pages;
    private final Set<String> months = reader.months();
    private List<ExportRow> page;

    private Export(ExportRequest request, long throughSeq) {
      this.request = request;
      this.header = header(request, throughSeq);
      this.pages =
          new PagePrefetcher<>(
              last -> reader.next(request, throughSeq, last.isEmpty() ? null : last.getLast()));
      this.page = pages.next();
    }

    Instant at() {
      return header.exportedAt();
    }

    /** Writes the whole export. If this throws, the export is incomplete. */
    void writeTo(OutputStream out) throws IOException {
      Writer writer =
          switch (request.format()) {
            case NDJSON -> new NdjsonWriter(out, json, header);
            case CSV -> new CsvWriter(out, json);
            case OCSF -> new OcsfWriter(out, json, ocsf);
          };
      for (; !page.isEmpty(); page = pages.next()) {
        for (ExportRow row : page) {
          writer.row(row);
        }
      }
      if (!reader.months().containsAll(months)) {
        throw new IllegalStateException("a month was dropped during its export");
      }
      writer.end();
    }
  }

  private Header header(ExportRequest request, long throughSeq) {
    boolean isChain = request.isChain();
    return new Header(
        "header",
        "rekey-audit-export-1",
        isChain,
        request.afterSeq(),
        isChain ? reader.chainHash(request.afterSeq()) : null,
        throughSeq,
        clock.instant(),
        request.wanted().parameters(),
        isChain ? checkpoints.newestUpTo(throughSeq).orElse(null) : null);
  }

  /** Records the export and reads its first page; a problem after the end of the chain. */
  Export start(ExportRequest request) {
    long head = events.head();
    if (request.afterSeq() > head) {
      throw QueryText.invalid(
          "afterSeq may be at most " + head + ", the sequence number of the last sealed event.");
    }
    ledger.started(request);
    return new Export(request, head);
  }
}
