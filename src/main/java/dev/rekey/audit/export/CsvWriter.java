package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes CSV as in RFC 4180. A cell that a spreadsheet would take for a formula gets a leading
 * {@code '}.
 */
final class CsvWriter implements ExportWriter {

  private static final int BUFFER = 64 * 1024;
  private static final String FORMULA_STARTS = "=+-@\t\r";

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader(
              "seq",
              "id",
              "type",
              "occurredAt",
              "outcome",
              "reason",
              "actorId",
              "actorClientId",
              "actorTeam",
              "actorKind",
              "upstream",
              "subject",
              "upstreamId",
              "credentialId",
              "rotationId",
              "requestId",
              "traceId",
              "sourceIp",
              "sourceUserAgent",
              "changes",
              "backfilled",
              "schemaVersion")
          .get();

  private final CSVPrinter cells;
  private final JsonMapper json;

  /** Writes the header row. */
  CsvWriter(OutputStream to, JsonMapper json) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), BUFFER);
    this.cells = new CSVPrinter(out, FORMAT);
    this.json = json;
  }

  /** Leaves out dropped events. */
  @Override
  public void row(ExportRow row) throws IOException {
    if (row instanceof ExportRow.Event(AuditEvent event, var _)) {
      write(event);
    }
  }

  private void write(AuditEvent event) throws IOException {
    var source = event.source();
    cell(event.seq());
    cell(event.id());
    cell(event.type());
    cell(json.convertValue(event.occurredAt(), String.class));
    cell(event.outcome() == null ? null : event.outcome().text());
    cell(event.reason());
    cell(event.actor().id());
    cell(event.actor().clientId());
    cell(event.actor().team());
    cell(event.actor().kind());
    cell(event.upstream());
    cell(event.subject());
    cell(event.upstreamId());
    cell(event.credentialId());
    cell(event.rotationId());
    cell(event.requestId());
    cell(event.traceId());
    cell(source == null ? null : source.ip());
    cell(source == null ? null : source.userAgent());
    cell(json.writeValueAsString(event.changes()));
    cell(event.backfilled());
    cell(event.schemaVersion());
    cells.println();
  }

  private void cell(@Nullable Object value) throws IOException {
    String text = value == null ? "" : value.toString();
    boolean isFormula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
    cells.print(isFormula ? "'" + text : text);
  }

  @Override
  public void end() throws IOException {
    cells.flush();
  }
}
