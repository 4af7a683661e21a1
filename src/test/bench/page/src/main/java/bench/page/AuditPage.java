package bench.page;

import bench.page.PageApplication.Queries;
import bench.page.Rows.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A page of the history. */
@RestController
class AuditPage {

  private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Grants grants;
  private final String sql;

  AuditPage(JdbcClient jdbc, JsonMapper json, Grants grants, Queries queries) {
    this.jdbc = jdbc;
    this.json = json;
    this.grants = grants;
    this.sql = queries.named("audit");
  }

  /** The JSON of Rekey. */
  record Event(
      UUID id,
      Long seq,
      String type,
      Instant occurredAt,
      String outcome,
      String reason,
      Actor actor,
      String upstream,
      String subject,
      String upstreamId,
      UUID credentialId,
      UUID rotationId,
      String requestId,
      String traceId,
      Source source,
      List<Change> changes,
      boolean backfilled,
      int schemaVersion) {}

  record Actor(String id, String clientId, String team, String kind) {}

  record Source(String ip, String userAgent) {}

  record Change(String field, String from, String to) {}

  @GetMapping("/api/v1/audit-events")
  Page<Event> page() {
    grants.require("audit:read");
    List<Event> found = jdbc.sql(sql).query((row, _) -> event(row)).list();
    return Rows.page(found, event -> event.occurredAt() + "," + event.id());
  }

  private Event event(ResultSet row) throws SQLException {
    return new Event(
        row.getObject("id", UUID.class),
        row.getObject("seq", Long.class),
        row.getString("type"),
        Rows.time(row, "occurred_at"),
        row.getString("outcome"),
        row.getString("reason"),
        new Actor(
            row.getString("actor_id"),
            row.getString("actor_client_id"),
            row.getString("actor_team"),
            row.getString("actor_kind")),
        row.getString("upstream"),
        row.getString("subject"),
        row.getString("upstream_id"),
        row.getObject("credential_id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        row.getString("request_id"),
        row.getString("trace_id"),
        new Source(row.getString("source_ip"), row.getString("source_user_agent")),
        json.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"));
  }
}
