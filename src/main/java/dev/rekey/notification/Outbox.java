package dev.rekey.notification;

import dev.rekey.audit.AppendListener;
import dev.rekey.audit.AuditEvent;
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
 * Writes down which webhooks are to be delivered, in the transaction of the event that they tell
 * of: what is rolled back is told to nobody, and what is committed is not forgotten.
 *
 * <p>They are written when the transaction is about to commit, under locks that it keeps until it
 * has. So of one credential their numbers go up in the order of the commits, and nobody who looks
 * can see a higher one before a lower one.
 */
@Component
class Outbox implements AppendListener {

  // However many credentials a transaction is about, it takes no more locks than that.
  private static final int LANES = 64;
  private static final int LOCKS = "webhook_delivery".hashCode();

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
    if (!targets.wanting(event.type()).isEmpty()) {
      batch().add(event);
    }
  }

  private Batch batch() {
    return TransactionSynchronizationManager.getSynchronizations().stream()
        .filter(Batch.class::isInstance)
        .map(Batch.class::cast)
        .findFirst()
        .orElseGet(this::begin);
  }

  private Batch begin() {
    var batch = new Batch();
    TransactionSynchronizationManager.registerSynchronization(batch);
    return batch;
  }

  /** What one transaction has appended so far. */
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
    // Last of all. Hibernate writes later, but only rows that the transaction has locked, so
    // whoever
    // holds a lane waits for no row.
    takeLanes(events);
    for (AuditEvent event : events) {
      String body = json.writeValueAsString(CloudEvent.of(event, properties.source()));
      for (Target target : targets.wanting(event.type())) {
        insert(target, event, body);
      }
    }
  }

  // In the same order for everybody, so that no two wait for each other.
  private void takeLanes(List<AuditEvent> events) {
    Integer[] lanes =
        events.stream()
            .map(event -> Math.floorMod(orderKey(event).hashCode(), LANES))
            .distinct()
            .sorted()
            .toArray(Integer[]::new);
    jdbc.sql(
            """
            select true from unnest(:lanes) as lane
            cross join lateral pg_advisory_xact_lock(:locks, lane)
            """)
        .param("locks", LOCKS)
        .param("lanes", lanes)
        .query(Boolean.class)
        .list();
  }

  // Who settles the older one waits for this, or this for it: so one of the two sees the other.
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

  /** The credential, or what it would belong to where there is none yet. */
  private static String orderKey(AuditEvent event) {
    return Objects.toString(event.credentialId(), event.upstream() + " " + event.subject());
  }
}
