package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.Ids;
import dev.rekey.platform.query.SqlTime;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The one way into the history. */
@Component
public class AuditLog {

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
   * Puts an event into the log that cannot be appended now because the database is away, so that a
   * copy exists at once. It has to be appended all the same, when the database is back.
   */
  public void sink(AuditEntry entry) {
    Instant from = entry.backfilledFrom();
    var event = new LinkedHashMap<String, @Nullable Object>();
    event.put("type", entry.type().text());
    event.put("occurredAt", from == null ? clock.instant() : from);
    event.put("outcome", entry.outcome() == null ? null : entry.outcome().text());
    event.put("reason", entry.reason());
    event.put("actor", entry.actor().id());
    event.put("subject", entry.subject() == null ? null : entry.subject().name());
    event.put("upstreamId", entry.upstreamId() == null ? null : entry.upstreamId().value());
    event.put("rotationId", entry.rotationId());
    event.put("requestId", entry.request() == null ? null : entry.request().requestId());
    SINK.error("An event that could not be recorded yet: {}", json.writeValueAsString(event));
  }

  /**
   * Appends one event in the caller's transaction, so that it is there exactly if what it tells of
   * is. Fails if no transaction is open.
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
