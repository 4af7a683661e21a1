package dev.rekey.notification;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Puts dead letters back among those that are to be delivered, and writes down who did. */
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

  /** Throws a {@code not-found} or {@code wrong-state} problem where there is nothing to do. */
  @Transactional
  WebhookDelivery redeliver(Caller caller, UUID id) {
    WebhookDelivery letter =
        deliveries
            .lock(id)
            .orElseThrow(
                () -> ProblemType.NOT_FOUND.with("There is no webhook of this id.").exception());
    if (letter.state() != DeliveryState.DEAD) {
      throw isNotDead(letter);
    }
    if (!targets.has(letter.target())) {
      throw ProblemType.WRONG_STATE
          .with("Its target is not configured any more, so it could be sent nowhere.")
          .exception();
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
                new Change("target", null, letter.target()),
                new Change("eventId", null, letter.eventId().toString()),
                new Change("type", null, letter.type().text()))));
    return deliveries.lock(id).orElseThrow();
  }

  private static ProblemException isNotDead(WebhookDelivery delivery) {
    return ProblemType.WRONG_STATE
        .with(
            delivery.state() == DeliveryState.DELIVERED
                ? "It was delivered. Only dead letters can be put back; the event itself is at"
                    + " /api/v1/audit-events/{eventId}."
                : "It is to be delivered already, and is tried until it is. Only dead letters can be"
                    + " put back.")
        .exception();
  }
}
