package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.Ids;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlText;
import dev.rekey.platform.query.SqlTime;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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

  private static final String INSERT =
      """
      insert into audit_event (
        id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team,
        actor_kind, upstream, subject, upstream_id, credential_id, rotation_id, request_id,
        trace_id, source_ip, source_user_agent, changes, backfilled, schema_version)
      select
        :event.id, :event.type, :event.at, :event.outcome, :event.reason, :event.actor,
        :event.client, :event.team, :event.kind, :event.upstream, :event.subject,
        :event.upstreamId, :event.credential, :event.rotation, :event.request, :event.trace,
        :event.ip, :event.userAgent, cast(:event.changes as jsonb), :event.backfilled,
        :event.schemaVersion
      """;

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
    jdbc.sql(INSERT).params(params(event)).update();
    listener.appended(event);
  }

  /**
   * Makes a change and appends its event, in one statement. Appends nothing, and returns false, if
   * the change affects no row. Throws if no transaction is open.
   *
   * @param change common table expressions that make the change. The one with the name {@code
   *     changed} returns a row if the change took place.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean append(AuditEntry entry, SqlPart change) {
    AuditEvent event = entry.event(Ids.next(), clock.instant());
    boolean isChanged =
        jdbc.sql("with " + change.sql() + " " + INSERT + " from changed")
                .params(change.params())
                .params(params(event))
                .update()
            == 1;
    if (isChanged) {
      listener.appended(event);
    }
    return isChanged;
  }

  private Map<String, @Nullable Object> params(AuditEvent event) {
    Source source = event.source();
    var params = new HashMap<String, @Nullable Object>();
    params.put("event.id", event.id());
    params.put("event.type", event.type().text());
    params.put("event.at", SqlTime.of(event.occurredAt()));
    params.put(
        "event.outcome", SqlText.of(event.outcome() == null ? null : event.outcome().text()));
    params.put("event.reason", SqlText.of(event.reason()));
    params.put("event.actor", event.actor().id());
    params.put("event.client", SqlText.of(event.actor().clientId()));
    params.put("event.team", SqlText.of(event.actor().team()));
    params.put("event.kind", event.actor().kind().name());
    params.put("event.upstream", SqlText.of(event.upstream()));
    params.put("event.subject", SqlText.of(event.subject()));
    params.put("event.upstreamId", SqlText.of(event.upstreamId()));
    params.put("event.credential", event.credentialId());
    params.put("event.rotation", event.rotationId());
    params.put("event.request", SqlText.of(event.requestId()));
    params.put("event.trace", SqlText.of(event.traceId()));
    params.put("event.ip", SqlText.of(source == null ? null : source.ip()));
    params.put("event.userAgent", SqlText.of(source == null ? null : source.userAgent()));
    params.put("event.changes", json.writeValueAsString(event.changes()));
    params.put("event.backfilled", event.backfilled());
    params.put("event.schemaVersion", event.schemaVersion());
    return params;
  }
}
