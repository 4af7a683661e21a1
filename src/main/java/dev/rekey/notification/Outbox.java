package dev.rekey.notification;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditLog.AppendListener;
import dev.rekey.platform.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * Inserts webhooks in the transaction of their event: a rolled-back event has none, and a committed
 * event's webhooks are not lost.
 *
 * <p>The rows are inserted just before the commit, under locks that are held until the commit. So
 * the numbers of one credential's webhooks ascend in commit order, and no reader sees a higher
 * number before a lower one.
 */
@Component
class Outbox implements AppendListener {

  // Limits the number of locks per transaction.
  private static final int MAX_LOCKS = 64;
  private static final int LOCK_NAMESPACE = "webhook_delivery".hashCode();

  private final Targets targets;
  private final NotificationProperties properties;
  private final JdbcClient jdbc;
  private final JsonMapper json;

  Outbox(Targets targets, NotificationProperties properties, JdbcClient jdbc, JsonMapper json) {
    this.targets = targets;
    this.properties = properties;
    this.jdbc = jdbc;
    this.json = json;
  }

  @Override
  public void appended(AuditEvent event) {
    if (!targets.subscribedTo(event.type()).isEmpty()) {
      batch().add(event);
    }
  }

  private Batch batch() {
    for (var known : TransactionSynchronizationManager.getSynchronizations()) {
      if (known instanceof Batch batch) {
        return batch;
      }
    }
    var batch = new Batch();
    TransactionSynchronizationManager.registerSynchronization(batch);
    return batch;
  }

  /** The events that one transaction has appended so far. */
  private final class Batch implements TransactionSynchronization {

    private final List<AuditEvent> events = new ArrayList<>();
    private boolean written;

    void add(AuditEvent event) {
      if (written) {
        throw new IllegalStateException("an event was appended while its transaction commits");
      }
      events.add(event);
    }

    @Override
    public void beforeCommit(boolean readOnly) {
      written = true;
      write(events);
    }
  }

  private void write(List<AuditEvent> events) {
    // Take the locks last, so that their holder waits for no row. Hibernate writes later, but only
    // rows that the transaction has already locked.
    lockOrderKeys(events);
    for (AuditEvent event : events) {
      String body = json.writeValueAsString(CloudEvent.of(event, properties.source()));
      for (Target target : targets.subscribedTo(event.type())) {
        insert(target, event, body);
      }
    }
  }

  // Always in ascending order, to prevent deadlocks.
  private void lockOrderKeys(List<AuditEvent> events) {
    Integer[] locks =
        events.stream()
            .map(event -> Math.floorMod(orderKey(event).hashCode(), MAX_LOCKS))
            .distinct()
            .sorted()
            .toArray(Integer[]::new);
    jdbc.sql(
            """
            select true from unnest(:locks) as lock
            cross join lateral pg_advisory_xact_lock(:namespace, lock)
            """)
        .param("namespace", LOCK_NAMESPACE)
        .param("locks", locks)
        .query(Boolean.class)
        .list();
  }

  // "for share" serializes this with the transaction that settles the older delivery, so that
  // exactly one of them sets is_first.
  private void insert(Target target, AuditEvent event, String body) {
    jdbc.sql(
            """
            with older as (
              select from webhook_delivery
              where target = :target and order_key = :key and state = 'PENDING'
              order by number limit 1 for share)
            insert into webhook_delivery (
              id, target, event_id, event_type, subject, order_key, body, is_first)
            values (:id, :target, :event, :type, :subject, :key, :body,
              not exists (select from older))
            """)
        .param("id", Ids.next())
        .param("target", target.name())
        .param("event", event.id())
        .param("type", event.type().text())
        .param("subject", event.subject())
        .param("key", orderKey(event))
        .param("body", body)
        .update();
  }

  /** The credential's id, or its upstream and subject if the event has no credential. */
  private static String orderKey(AuditEvent event) {
    return Objects.toString(event.credentialId(), event.upstream() + " " + event.subject());
  }
}
