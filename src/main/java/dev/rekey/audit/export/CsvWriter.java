package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import dev.rekey.platform.query.CsvCells;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes events as CSV. */
final class CsvWriter implements Exports.Writer {

  private record Column(String name, Function<AuditEvent, @Nullable Object> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("seq", AuditEvent::seq),
          new Column("id", AuditEvent::id),
          new Column("type", AuditEvent::type),
          new Column("occurredAt", AuditEvent::occurredAt),
          new Column("outcome", AuditEvent::outcome),
          new Column("reason", AuditEvent::reason),
          new Column("actorId", event -> event.actor().id()),
          new Column("actorClientId", event -> event.actor().clientId()),
          new Column("actorTeam", event -> event.actor().team()),
          new Column("actorKind", event -> event.actor().kind()),
          new Column("upstream", AuditEvent::upstream),
          new Column("subject", AuditEvent::subject),
          new Column("upstreamId", AuditEvent::upstreamId),
          new Column("credentialId", AuditEvent::credentialId),
          new Column("rotationId", AuditEvent::rotationId),
          new Column("requestId", AuditEvent::requestId),
          new Column("traceId", AuditEvent::traceId),
          new Column("sourceIp", event -> event.source() == null ? null : event.source().ip()),
          new Column(
              "sourceUserAgent",
              event -> event.source() == null ? null : event.source().userAgent()),
          new Column("changes", AuditEvent::changes),
          new Column("backfilled", AuditEvent::backfilled),
          new Column("schemaVersion", AuditEvent::schemaVersion));

  private final CsvCells cells;

  /** Writes the header row. */
  CsvWriter(OutputStream to, JsonMapper json) throws IOException {
    this.cells = new CsvCells(to, json, COLUMNS.stream().map(Column::name).toList());
  }

  /** Leaves out dropped events. */
  @Override
  public void row(ExportRow row) throws IOException {
    if (row instanceof ExportRow.Event(AuditEvent event, var _)) {
      for (Column column : COLUMNS) {
        cells.cell(column.value().apply(event));
      }
      cells.endRow();
    }
  }

  @Override
  public void end() throws IOException {
    cells.flush();
  }
}
