package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the history. */
@Component
class AuditEvents {

  private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final JsonMapper json;

  AuditEvents(JdbcClient jdbc, BoundedQueries queries, JsonMapper json) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.json = json;
  }

  /**
   * Finds events, newest first.
   *
   * @param after where the page before ended; null for the first page
   */
  List<AuditEvent> find(
      AuditFilter filter, Visibility visibility, @Nullable Cursor after, int limit) {
    var where = Conditions.of(filter, visibility);
    if (after != null) {
      where
          .and("(e.occurred_at, e.id) < (:afterTime, :afterId)", "afterTime", after.at())
          .param("afterId", after.id());
    }
    return queries.read(
        () ->
            jdbc.sql(
                    "select e.*, s.seq from audit_event e"
                        + " left join audit_seal s on s.event_id = e.id where "
                        + where.sql()
                        + " order by e.occurred_at desc, e.id desc limit :limit")
                .params(where.param("limit", limit).params())
                .query((row, _) -> event(row))
                .list());
  }

  private AuditEvent event(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    String ip = row.getString("source_ip");
    String userAgent = row.getString("source_user_agent");
    return new AuditEvent(
        row.getObject("id", UUID.class),
        row.getObject("seq", Long.class),
        AuditType.of(row.getString("type")).orElseThrow(),
        row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
        outcome == null ? null : AuditOutcome.of(outcome),
        row.getString("reason"),
        new Actor(
            row.getString("actor_id"),
            row.getString("actor_client_id"),
            row.getString("actor_team"),
            ActorKind.valueOf(row.getString("actor_kind"))),
        row.getString("upstream"),
        row.getString("subject"),
        row.getString("upstream_id"),
        row.getObject("credential_id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        row.getString("request_id"),
        row.getString("trace_id"),
        ip == null && userAgent == null ? null : new Source(ip, userAgent),
        json.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"));
  }
}
