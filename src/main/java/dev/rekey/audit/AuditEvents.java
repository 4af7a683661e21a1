package dev.rekey.audit;

import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final JsonMapper json;

  AuditEvents(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Finds events, newest first.
   *
   * @param after where the page before ended; null for the first page
   */
  List<AuditEvent> find(
      AuditFilter filter, Visibility visibility, @Nullable Cursor after, int limit) {
    var where = new ArrayList<String>(List.of("true"));
    var params = new HashMap<String, Object>();
    if (filter.from() != null) {
      where.add("occurred_at >= :from");
      params.put("from", utc(filter.from()));
    }
    if (filter.to() != null) {
      where.add("occurred_at < :to");
      params.put("to", utc(filter.to()));
    }
    if (filter.type() != null) {
      where.add("type = :type");
      params.put("type", filter.type().text());
    }
    if (filter.subject() != null) {
      where.add("subject = :subject");
      params.put("subject", filter.subject());
    }
    if (filter.credentialId() != null) {
      where.add("credential_id = :credential");
      params.put("credential", filter.credentialId());
    }
    if (after != null) {
      where.add("(occurred_at, id) < (:afterTime, :afterId)");
      params.put("afterTime", utc(after.at()));
      params.put("afterId", after.id());
    }
    where.add(visible(visibility, params));
    params.put("limit", limit);
    return jdbc.sql(
            "select * from audit_event where "
                + String.join(" and ", where)
                + " order by occurred_at desc, id desc limit :limit")
        .params(params)
        .query((row, _) -> event(row))
        .list();
  }

  private static String visible(Visibility visibility, Map<String, Object> params) {
    return switch (visibility) {
      case Visibility.All() -> "true";
      case Visibility.Only(var patterns) -> {
        params.put("visible", patterns.stream().map(SubjectPattern::like).toArray(String[]::new));
        yield "subject like any (:visible)";
      }
    };
  }

  private AuditEvent event(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    String ip = row.getString("source_ip");
    return new AuditEvent(
        row.getObject("id", UUID.class),
        null,
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
        ip == null ? null : new Source(ip, row.getString("source_user_agent")),
        json.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"));
  }

  private static OffsetDateTime utc(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }
}
