package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads events from rows with the columns of {@code audit_event} and {@code seq}. */
public final class AuditEventRows {

  private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

  // Not the mapper for requests, which reads 64 KiB at most: an upstream's texts may be longer.
  private static final JsonMapper JSON = JsonMapper.shared();

  private AuditEventRows() {}

  /** A row mapper. */
  public static AuditEvent event(ResultSet row, int number) throws SQLException {
    String outcome = row.getString("outcome");
    String ip = row.getString("source_ip");
    String userAgent = row.getString("source_user_agent");
    return new AuditEvent(
        row.getObject("id", UUID.class),
        row.getObject("seq", Long.class),
        AuditType.of(row.getString("type")).orElseThrow(),
        SqlTime.instant(row, "occurred_at"),
        outcome == null ? null : AuditOutcome.of(outcome).orElseThrow(),
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
        JSON.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"));
  }
}
