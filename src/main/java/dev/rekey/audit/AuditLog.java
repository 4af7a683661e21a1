package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.Ids;
import dev.rekey.platform.query.SqlTime;
import java.time.Clock;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Appends to the history. Nothing else writes events. */
@Component
public class AuditLog {

  /** Is notified of each event within the transaction that appends it. */
  public interface AppendListener {
    /** The event has no sequence number yet. If this throws, it is not appended. */
    void appended(AuditEvent event);
  }

  private static final Logger SINK = LoggerFactory.getLogger("dev.rekey.audit.sink");

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final AppendListener listener;
  private final Clock clock;

  AuditLog(JdbcClient jdbc, JsonMapper json, AppendListener listener, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Logs an event that cannot be appended because the database is down, so that a copy exists. The
   * caller still appends it later.
   */
  public void sink(AuditEntry entry) {
    AuditEvent event = entry.event(Ids.next(), clock.instant());
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("type", event.type());
    line.put("occurredAt", event.occurredAt());
    line.put("outcome", event.outcome());
    line.put("reason", event.reason());
    line.put("actor", event.actor().id());
    line.put("subject", event.subject());
    line.put("upstreamId", event.upstreamId());
    line.put("rotationId", event.rotationId());
    line.put("requestId", event.requestId());
    SINK.error("An event that could not be recorded yet: {}", json.writeValueAsString(line));
  }

  /**
   * Appends one event in the transaction of the change that it describes. Throws if no transaction
   * is open.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void append(AuditEntry entry) {
    AuditEvent event = entry.event(Ids.next(), clock.instant());
    Source source = event.source();
    jdbc.sql(
            """
            insert into audit_event (
              id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team,
              actor_kind, upstream, subject, upstream_id, credential_id, rotation_id, request_id,
              trace_id, source_ip, source_user_agent, changes, backfilled, schema_version)
            values (
              :id, :type, :at, :outcome, :reason, :actor, :client, :team, :kind, :upstream,
              :subject, :upstreamId, :credential, :rotation, :request, :trace, :ip, :userAgent,
              :changes::jsonb, :backfilled, :schemaVersion)
            """)
        .param("id", event.id())
        .param("type", event.type().text())
        .param("at", SqlTime.of(event.occurredAt()))
        .param("outcome", event.outcome() == null ? null : event.outcome().text())
        .param("reason", event.reason())
        .param("actor", event.actor().id())
        .param("client", event.actor().clientId())
        .param("team", event.actor().team())
        .param("kind", event.actor().kind().name())
        .param("upstream", event.upstream())
        .param("subject", event.subject())
        .param("upstreamId", event.upstreamId())
        .param("credential", event.credentialId())
        .param("rotation", event.rotationId())
        .param("request", event.requestId())
        .param("trace", event.traceId())
        .param("ip", source == null ? null : source.ip())
        .param("userAgent", source == null ? null : source.userAgent())
        .param("changes", json.writeValueAsString(event.changes()))
        .param("backfilled", event.backfilled())
        .param("schemaVersion", event.schemaVersion())
        .update();
    listener.appended(event);
  }
}
