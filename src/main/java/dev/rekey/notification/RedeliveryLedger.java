package dev.rekey.notification;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Redelivers dead letters, and records who requested it. */
@Component
class RedeliveryLedger {

  private final JdbcClient jdbc;
  private final WebhookDeliveries deliveries;
  private final Targets targets;
  private final AuditLog audit;

  RedeliveryLedger(JdbcClient jdbc, WebhookDeliveries deliveries, Targets targets, AuditLog audit) {
    this.jdbc = jdbc;
    this.deliveries = deliveries;
    this.targets = targets;
    this.audit = audit;
  }

  /** Makes a dead letter pending; throws a {@code not-found} or {@code wrong-state} problem. */
  @Transactional
  WebhookDelivery redeliver(Caller caller, UUID id) {
    WebhookDelivery delivery =
        deliveries
            .lock(id)
            .orElseThrow(
                () -> ProblemType.NOT_FOUND.with("There is no webhook delivery with this id."));
    if (delivery.state() != DeliveryState.DEAD) {
      throw ProblemType.WRONG_STATE.with(
          delivery.state() == DeliveryState.DELIVERED
              ? "It was delivered. Only dead letters can be redelivered; the event is at"
                  + " /api/v1/audit-events/{eventId}."
              : "It is still pending, and is retried until it is delivered. Only dead letters"
                  + " can be redelivered.");
    }
    if (!targets.has(delivery.target())) {
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
    return deliveries.lock(id).orElseThrow();
  }
}
