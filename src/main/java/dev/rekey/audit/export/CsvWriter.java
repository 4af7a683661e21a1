package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes CSV as in RFC 4180. A cell that a spreadsheet would take for a formula gets a leading
 * {@code '}.
 */
final class CsvWriter implements Exports.Writer {

  private static final int BUFFER = 64 * 1024;
  private static final String FORMULA_STARTS = "=+-@\t\r";

  private record Column(String name, BiFunction<AuditEvent, JsonMapper, @Nullable Object> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("seq", (event, _) -> event.seq()),
          new Column("id", (event, _) -> event.id()),
          new Column("type", (event, _) -> event.type()),
          new Column(
              "occurredAt", (event, json) -> json.convertValue(event.occurredAt(), String.class)),
          new Column(
              "outcome", (event, _) -> event.outcome() == null ? null : event.outcome().text()),
          new Column("reason", (event, _) -> event.reason()),
          new Column("actorId", (event, _) -> event.actor().id()),
          new Column("actorClientId", (event, _) -> event.actor().clientId()),
          new Column("actorTeam", (event, _) -> event.actor().team()),
          new Column("actorKind", (event, _) -> event.actor().kind()),
          new Column("upstream", (event, _) -> event.upstream()),
          new Column("subject", (event, _) -> event.subject()),
          new Column("upstreamId", (event, _) -> event.upstreamId()),
          new Column("credentialId", (event, _) -> event.credentialId()),
          new Column("rotationId", (event, _) -> event.rotationId()),
          new Column("requestId", (event, _) -> event.requestId()),
          new Column("traceId", (event, _) -> event.traceId()),
          new Column("sourceIp", (event, _) -> event.source() == null ? null : event.source().ip()),
          new Column(
              "sourceUserAgent",
              (event, _) -> event.source() == null ? null : event.source().userAgent()),
          new Column("changes", (event, json) -> json.writeValueAsString(event.changes())),
          new Column("backfilled", (event, _) -> event.backfilled()),
          new Column("schemaVersion", (event, _) -> event.schemaVersion()));

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader(COLUMNS.stream().map(Column::name).toArray(String[]::new))
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
      for (Column column : COLUMNS) {
        cell(column.value().apply(event, json));
      }
      cells.println();
    }
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
