package dev.rekey.notification;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.WebhookDelivery.State;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Reads webhook deliveries, and redelivers dead letters at a caller's request. */
@Component
class WebhookLedger {

  private final JdbcClient jdbc;
  private final Targets targets;
  private final AuditLog audit;

  WebhookLedger(JdbcClient jdbc, Targets targets, AuditLog audit) {
    this.jdbc = jdbc;
    this.targets = targets;
    this.audit = audit;
  }

  /**
   * Reads one page, newest first, after a position; null for the first page. Without states or
   * targets it has any of them.
   */
  List<WebhookDelivery> find(
      List<State> states, List<String> targets, @Nullable Cursor after, int limit) {
    var where = new Conditions().and("d.state = s.state");
    if (!targets.isEmpty()) {
      where.and("d.target = any (:targets)", "targets", targets.toArray(String[]::new));
    }
    if (after != null) {
      where.and("(d.created_at, d.id) < (:at, :id)", "at", after.at()).param("id", after.id());
    }
    // Reads each state by its index, which is in order.
    return jdbc.sql(
            """
            select d.* from unnest(:states) as s (state) cross join lateral (
              select d.* from webhook_delivery d where %s
              order by d.created_at desc, d.id desc limit :limit) d
            order by d.created_at desc, d.id desc limit :limit
            """
                .formatted(where.sql()))
        .params(where.params())
        .param("states", names(states.isEmpty() ? List.of(State.values()) : states))
        .param("limit", limit)
        .query(WebhookLedger::delivery)
        .list();
  }

  private static String[] names(List<State> states) {
    return states.stream().map(State::name).toArray(String[]::new);
  }

  /** Makes a dead letter pending; throws a {@code not-found} or {@code wrong-state} problem. */
  @Transactional
  WebhookDelivery redeliver(Caller caller, UUID id) {
    WebhookDelivery delivery =
        lock(id)
            .orElseThrow(
                () -> ProblemType.NOT_FOUND.with("There is no webhook delivery with this id."));
    if (delivery.state() != State.DEAD) {
      throw ProblemType.WRONG_STATE.with(
          delivery.state() == State.DELIVERED
              ? "It was delivered. Only dead letters can be redelivered; the event is at"
                  + " /api/v1/audit-events/{eventId}."
              : "It is still pending, and is retried until it is delivered. Only dead letters"
                  + " can be redelivered.");
    }
    if (!targets.names().contains(delivery.target())) {
      throw ProblemType.WRONG_STATE.with("Its target is no longer configured.");
    }
    jdbc.sql(
            """
            update webhook_delivery set state = 'PENDING', is_first = true, settled_at = null,
              queued_at = clock_timestamp(), next_try_at = clock_timestamp()
            where id = :id
            """)
        .param("id", id)
        .update();
    audit.append(
        AuditEntry.redelivered(
            caller,
            List.of(
                new Change("target", null, delivery.target()),
                new Change("eventId", null, delivery.eventId().toString()),
                new Change("type", null, delivery.type().text()))));
    return lock(id).orElseThrow();
  }

  private Optional<WebhookDelivery> lock(UUID id) {
    return jdbc.sql("select * from webhook_delivery where id = :id for update")
        .param("id", id)
        .query(WebhookLedger::delivery)
        .optional();
  }

  private static WebhookDelivery delivery(ResultSet row, int index) throws SQLException {
    var state = State.valueOf(row.getString("state"));
    return new WebhookDelivery(
        row.getObject("id", UUID.class),
        row.getString("target"),
        row.getObject("event_id", UUID.class),
        AuditType.of(row.getString("event_type")).orElseThrow(),
        row.getString("subject"),
        state,
        row.getInt("tries"),
        SqlTime.instant(row, "created_at"),
        state == State.PENDING ? SqlTime.instant(row, "next_try_at") : null,
        SqlTime.nullableInstant(row, "settled_at"),
        row.getString("last_failure"),
        row.getString("body"));
  }
}
