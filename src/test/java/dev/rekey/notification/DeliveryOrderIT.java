package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.DeliveryLedger.ClaimedDelivery;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.notification.Receiver.Reaction;
import dev.rekey.upstream.http.TestClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Delivers the webhooks of concurrent transactions, on several replicas, in order. */
class DeliveryOrderIT extends WebhookIT {

  private static final AuditType EXPIRING = AuditType.CREDENTIAL_EXPIRING;
  private static final AuditType EXPIRED = AuditType.CREDENTIAL_EXPIRED;
  private static final AuditType MISSING = AuditType.CREDENTIAL_MISSING;

  @Autowired private DeliveryLedger ledger;
  @Autowired private Targets targets;
  @Autowired private Clock clock;
  @Autowired private JdbcClient jdbc;

  private final UUID credential = UUID.randomUUID();

  @Test
  void webhooksAreSentInCommitOrder() throws Exception {
    var appended = new CountDownLatch(1);
    var mayCommit = new CountDownLatch(1);
    var slow =
        runAsync(
            () ->
                transaction.executeWithoutResult(
                    _ -> {
                      append(entry(credential, EXPIRING));
                      appended.countDown();
                      awaitLatch(mayCommit);
                    }));
    assertThat(appended.await(10, TimeUnit.SECONDS)).isTrue();

    append(credential, EXPIRED);
    deliver();
    mayCommit.countDown();
    slow.get(10, TimeUnit.SECONDS);
    deliver();

    assertThat(PAGER.calls())
        .extracting(WebhookIT::type)
        .containsExactly("dev.rekey.credential.expired", "dev.rekey.credential.expiring");
    assertThat(ids(PAGER, credential)).isEqualTo(events(credential));
  }

  @Test
  void transactionWaitsForAnotherOneThatCommits() throws Exception {
    var mayCommit = new CountDownLatch(1);
    var first = appendAndStopBeforeCommit(EXPIRING, mayCommit);
    var second = runAsync(() -> append(credential, EXPIRED));
    await()
        .until(
            () ->
                count(
                        "select count(*) as number from pg_locks"
                            + " where locktype = 'advisory' and not granted")
                    == 1);

    deliver();
    assertThat(PAGER.calls()).isEmpty();
    mayCommit.countDown();
    first.get(10, TimeUnit.SECONDS);
    second.get(10, TimeUnit.SECONDS);
    deliver();

    assertThat(PAGER.calls())
        .extracting(WebhookIT::type)
        .containsExactly("dev.rekey.credential.expiring", "dev.rekey.credential.expired");
  }

  @Test
  void twoReplicasDeliverEverythingInOrderToABrokenReceiver() throws Exception {
    var random = new Random(5);
    PAGER.reacts(
        _ ->
            switch (roll(random, 10)) {
              case 0 -> Reaction.FAIL;
              case 1 -> Reaction.CUT;
              case 2 -> Reaction.REDIRECT;
              default -> Reaction.ACCEPT;
            });
    List<UUID> credentials = Stream.generate(UUID::randomUUID).limit(20).toList();
    var other =
        new DispatcherLifecycle(
            targets, ledger, TestClients.direct(), new SimpleMeterRegistry(), clock);
    other.start();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < 6; i++) {
        var mine = new Random(i);
        writers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    append(credentials.get(mine.nextInt(20)), MISSING);
                  }
                },
                threads));
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                makeRetriesDue();
                dispatchers.wake();
                other.wake();
                return writers.stream().allMatch(CompletableFuture::isDone) && pending() == 0;
              });
      for (var writer : writers) {
        writer.get();
      }
    } finally {
      other.stop();
    }

    for (UUID each : credentials) {
      assertThat(inOrderOfFirstDelivery(ids(PAGER, each))).isEqualTo(events(each));
      assertThat(ids(PAGER, each))
          .isEqualTo(ids(PAGER, each).stream().sorted(order(each)).toList());
    }
    assertThat(new HashSet<>(PAGER.calls().stream().map(Call::id).toList())).hasSize(300);
  }

  @Test
  void claimDoesNotReadWaitingWebhooks() {
    PAGER.reacts(Reaction.FAIL);
    append(credential, MISSING, EXPIRED);
    deliver();
    execute(
        """
        insert into webhook_delivery (
          id, target, event_id, event_type, order_key, body, is_first)
        select gen_random_uuid(), target, gen_random_uuid(), event_type, order_key, body, is_first
        from webhook_delivery, generate_series(1, 5000) where event_type = 'credential.expired'
        """);
    execute("analyze webhook_delivery");
    append(UUID.randomUUID(), MISSING);
    Target pager = targets.all().getFirst();

    long rowsRead =
        Objects.requireNonNull(
            transaction.execute(
                _ -> {
                  long before = rowsRead();
                  assertThat(ledger.claim(pager)).isPresent();
                  return rowsRead() - before;
                }));

    assertThat(rowsRead).isLessThan(50);
  }

  @Test
  void webhookInsertedWhileTheOlderOneIsSettledIsNext() throws Exception {
    append(credential, EXPIRING);
    ClaimedDelivery first = ledger.claim(targets.all().getFirst()).orElseThrow();
    var mayCommit = new CountDownLatch(1);
    var second = appendAndStopBeforeCommit(EXPIRED, mayCommit);

    var settled = runAsync(() -> ledger.recordDelivered(first));
    await()
        .until(
            () ->
                settled.isDone()
                    || count("select count(*) as number from pg_locks where not granted") > 0);
    mayCommit.countDown();
    second.get(10, TimeUnit.SECONDS);
    settled.get(10, TimeUnit.SECONDS);

    deliver();
    assertThat(states("pager", credential)).containsExactly("DELIVERED", "DELIVERED");
  }

  @Test
  void headsThatAnOlderVersionDidNotPromoteArePromoted() {
    append(credential, EXPIRING, EXPIRED, MISSING);
    execute(
        "update webhook_delivery set state = 'DELIVERED', settled_at = now()"
            + " where event_type = 'credential.expiring'");

    assertThat(ledger.promoteHeads()).isEqualTo(1);
    assertThat(ledger.promoteHeads()).isZero();

    deliver();
    assertThat(states("pager", credential)).containsOnly("DELIVERED");
  }

  /** The number of rows of the table that the open transaction has read so far. */
  private long rowsRead() {
    return jdbc.sql(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables"
                + " where relname = 'webhook_delivery'")
        .query(Long.class)
        .single();
  }

  /** Appends an event and stops before the commit; the future completes after it. */
  private CompletableFuture<Void> appendAndStopBeforeCommit(
      AuditType type, CountDownLatch mayCommit) throws InterruptedException {
    var written = new CountDownLatch(1);
    var transacting =
        runAsync(
            () ->
                transaction.executeWithoutResult(
                    _ -> {
                      append(entry(credential, type));
                      beforeCommit(
                          () -> {
                            written.countDown();
                            awaitLatch(mayCommit);
                          });
                    }));
    assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
    return transacting;
  }

  private static void beforeCommit(Runnable work) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void beforeCommit(boolean readOnly) {
            work.run();
          }
        });
  }

  private static synchronized int roll(Random random, int sides) {
    return random.nextInt(sides);
  }

  private static long pending() {
    return count(
        "select count(*) as number from webhook_delivery where state = 'PENDING'"
            + " and target = 'pager'");
  }

  private static Comparator<String> order(UUID credential) {
    return Comparator.comparingInt(events(credential)::indexOf);
  }

  private static List<String> inOrderOfFirstDelivery(List<String> ids) {
    return ids.stream().distinct().toList();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the latch was not released");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
