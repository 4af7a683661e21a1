package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.notification.Receiver.Reaction;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Delivers webhooks over real HTTP to receivers that are down, slow or broken. */
class DeliveryIT extends WebhookIT {

  private static final AuditType EXPIRING = AuditType.CREDENTIAL_EXPIRING;
  private static final AuditType EXPIRED = AuditType.CREDENTIAL_EXPIRED;
  private static final AuditType MISSING = AuditType.CREDENTIAL_MISSING;

  @Autowired private DeliveryLedger ledger;
  @Autowired private Targets targets;
  @Autowired private Clock clock;
  @Autowired private JdbcClient jdbc;

  private final UUID credential = UUID.randomUUID();

  @Test
  void webhookIsACloudEventWithTheEventOfTheAuditApi() {
    transaction.executeWithoutResult(
        _ ->
            append(
                entry(credential, EXPIRING)
                    .ended(null, "7 days are left; Grüße aus Zürich ☃")
                    .changes(List.of(new Change("days", "14", "7")))));
    deliver();

    Call call = PAGER.calls().getFirst();
    assertThat(call.header("content-type"))
        .isEqualTo("application/cloudevents+json; charset=UTF-8");
    var event =
        Objects.requireNonNull(
                EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE))
            .deserialize(call.body().getBytes(StandardCharsets.UTF_8));
    assertThat(event.getSpecVersion().toString()).isEqualTo("1.0");
    assertThat(event.getId()).isEqualTo(call.id()).isEqualTo(events(credential).getFirst());
    assertThat(event.getType()).isEqualTo("dev.rekey.credential.expiring");
    assertThat(event.getSource()).hasToString("/rekey");
    assertThat(event.getSubject()).isEqualTo(CHECKOUT_ACCOUNT.name());
    assertThat(event.getDataContentType()).isEqualTo("application/json");
    JsonNode shown = as("auditor").get("/api/v1/audit-events/" + event.getId()).body();
    assertThat(Objects.requireNonNull(event.getTime()).toInstant())
        .isEqualTo(Instant.parse(shown.path("occurredAt").asString()));
    assertThat(withoutSeq(data(event.getData()))).isEqualTo(withoutSeq(shown));
  }

  @Test
  void signatureVerifiesWithEachSecretOfTheTarget() throws Exception {
    append(credential, EXPIRING);
    deliver();

    Call call = PAGER.calls().getFirst();
    HttpHeaders headers = HttpHeaders.of(call.headers(), (_, _) -> true);
    for (String secret : List.of(FIRST_SECRET, SECOND_SECRET)) {
      var key = new Webhook(secret);
      key.verify(call.body(), headers);
      assertThatThrownBy(() -> key.verify(call.body().replace("expiring", "expired"), headers))
          .isInstanceOf(WebhookVerificationException.class);
    }
    Call plain = CALENDAR.calls().getFirst();
    new Webhook(PLAIN_SECRET.getBytes(StandardCharsets.UTF_8))
        .verify(plain.body(), HttpHeaders.of(plain.headers(), (_, _) -> true));
    assertThatThrownBy(
            () ->
                new Webhook(FIRST_SECRET)
                    .verify(plain.body(), HttpHeaders.of(plain.headers(), (_, _) -> true)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void targetsGetOnlyTheirTypes() {
    append(credential, TargetReader.ALL_TYPES.toArray(AuditType[]::new));
    append(
        credential,
        AuditType.CREDENTIAL_CHANGED,
        AuditType.CREDENTIAL_REAPPEARED,
        AuditType.CREDENTIAL_ADOPTED,
        AuditType.UPDATE_NOT_APPLIED,
        AuditType.WEBHOOK_REDELIVERED);
    deliver();

    assertThat(PAGER.calls())
        .extracting(DeliveryIT::type)
        .containsExactlyInAnyOrder(
            "dev.rekey.credential.expiring",
            "dev.rekey.credential.expired",
            "dev.rekey.credential.missing",
            "dev.rekey.credential.discovered",
            "dev.rekey.credential.unmanaged-mint",
            "dev.rekey.rotation.unknown",
            "dev.rekey.credential.update.unknown",
            "dev.rekey.credential.delete.unknown",
            "dev.rekey.credential.revoke.unknown",
            "dev.rekey.old-credential-still-used");
    assertThat(CALENDAR.calls())
        .extracting(DeliveryIT::type)
        .containsExactly("dev.rekey.credential.expiring");
  }

  @Test
  void rolledBackEventsAreNotSent() {
    transaction.executeWithoutResult(
        status -> {
          append(entry(credential, EXPIRING));
          status.setRollbackOnly();
        });
    deliver();

    assertThat(PAGER.calls()).isEmpty();
    assertThat(count("select count(*) as number from webhook_delivery")).isZero();
  }

  @Test
  void eventIsRolledBackIfItsWebhookCannotBeInserted() {
    execute("alter table webhook_delivery add constraint refuse check (target <> 'pager')");
    try {
      assertThatThrownBy(() -> append(credential, EXPIRING)).hasStackTraceContaining("refuse");
    } finally {
      execute("alter table webhook_delivery drop constraint refuse");
    }

    assertThat(
            count("select count(*) as number from audit_event where credential_id = ?", credential))
        .isZero();
  }

  @Test
  void receiverGetsEverythingAfterAnOutage() {
    var other = UUID.randomUUID();
    PAGER.goDown();

    append(credential, EXPIRING, EXPIRED, MISSING);
    append(other, MISSING);
    deliver();
    append(credential, EXPIRED);
    makeRetriesDue();
    deliver();

    assertThat(states("pager", credential)).hasSize(4).containsOnly("PENDING");
    assertThat(failure()).isEqualTo("no connection");
    assertThat(CALENDAR.calls()).hasSize(1);
    PAGER.goUp();
    makeRetriesDue();
    deliver();
    assertThat(ids(PAGER, credential)).isEqualTo(events(credential));
    assertThat(ids(PAGER, other)).isEqualTo(events(other));
    assertThat(states("pager", credential)).containsOnly("DELIVERED");
  }

  @Test
  void slowReceiverDelaysNoOtherWebhookAndIsRetried() {
    PAGER.reacts(Reaction.HANG);
    append(credential, EXPIRING, EXPIRED);
    dispatchers.wake();
    await().until(() -> PAGER.calls().size() == 1 && CALENDAR.calls().size() == 1);

    PAGER.reacts(Reaction.ACCEPT);
    var other = UUID.randomUUID();
    append(other, MISSING);
    dispatchers.wake();
    await().until(() -> states("pager", other).equals(List.of("DELIVERED")));

    assertThat(ids(PAGER, credential)).hasSize(1);
    await().until(() -> "no response within 3000 ms".equals(failure()));
    makeRetriesDue();
    deliver();
    assertThat(ids(PAGER, credential))
        .containsExactly(
            events(credential).getFirst(),
            events(credential).getFirst(),
            events(credential).getLast());
  }

  @Test
  void slowReceiverGetsALimitedNumberAtOnce() {
    PAGER.reacts(Reaction.HANG);
    Stream.generate(UUID::randomUUID).limit(30).forEach(each -> append(each, EXPIRING));

    for (int i = 0; i < 20; i++) {
      dispatchers.wake();
    }
    await().until(() -> PAGER.calls().size() == Dispatcher.MAX_IN_FLIGHT);
    await().until(() -> CALENDAR.calls().size() == 30);

    assertThat(PAGER.calls()).hasSize(Dispatcher.MAX_IN_FLIGHT);
    PAGER.reacts(Reaction.ACCEPT);
    PAGER.release();
    deliver();
    assertThat(new HashSet<>(PAGER.calls().stream().map(Call::id).toList())).hasSize(30);
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "REDIRECT", "CUT", "RETRY_LATER"})
  void failedWebhookIsRetriedWithTheSameBytes(Reaction reaction) throws Exception {
    PAGER.reacts(reaction);
    append(credential, EXPIRING, EXPIRED);
    deliver();
    expireClaims();
    deliver();

    assertThat(states("pager", credential)).containsExactly("PENDING", "PENDING");
    PAGER.reacts(Reaction.ACCEPT);
    expireClaims();
    deliver();
    assertThat(states("pager", credential)).containsExactly("DELIVERED", "DELIVERED");
    List<String> events = events(credential);
    assertThat(ids(PAGER, credential))
        .containsExactly(events.get(0), events.get(0), events.get(0), events.get(1));
    assertThat(PAGER.calls().subList(0, 3)).extracting(Call::body).containsOnly(first().body());
    for (Call call : PAGER.calls()) {
      new Webhook(FIRST_SECRET).verify(call.body(), HttpHeaders.of(call.headers(), (_, _) -> true));
    }
    assertThat(PAGER.redirected()).isZero();
  }

  @Test
  void retryAfterIsHonoured() {
    PAGER.reacts(Reaction.RETRY_LATER);
    append(credential, EXPIRING);
    deliver();

    assertThat(failure()).isEqualTo("status 503");
    assertThat(
            count(
                "select count(*) as number from webhook_delivery where target = 'pager'"
                    + " and next_try_at between clock_timestamp() + interval '29 minutes'"
                    + " and clock_timestamp() + interval '30 minutes'"))
        .isEqualTo(1);
  }

  @Test
  void endlessResponseIsNotReadToTheEnd() {
    PAGER.reacts(Reaction.FLOOD);
    append(credential, EXPIRING);
    deliver();

    assertThat(states("pager", credential)).containsExactly("DELIVERED");
    // Includes the socket buffers.
    assertThat(PAGER.flooded()).isLessThan(32 * 1024 * 1024);
  }

  @Test
  void sentWebhookWithoutRecordIsSentAgainWithTheSameId() {
    append(credential, EXPIRING);
    Target pager = targets.all().getFirst();
    ClaimedDelivery lost = ledger.claim(pager).orElseThrow();
    new Sender(pager, 1, clock).send(lost);

    deliver();
    assertThat(ids(PAGER, credential)).hasSize(1);
    expireClaims();
    deliver();

    assertThat(PAGER.calls()).hasSize(2).extracting(Call::id).containsOnly(first().id());
    assertThat(PAGER.calls()).extracting(Call::body).containsOnly(first().body());
    assertThat(states("pager", credential)).containsExactly("DELIVERED");
  }

  @Test
  void resultOfAnExpiredClaimChangesNothing() {
    append(credential, EXPIRING);
    Target pager = targets.all().getFirst();
    ClaimedDelivery late = ledger.claim(pager).orElseThrow();
    expireClaims();
    ClaimedDelivery other = ledger.claim(pager).orElseThrow();

    ledger.recordDelivered(late);
    ledger.recordFailure(late, "late", Duration.ZERO);

    assertThat(states("pager", credential)).containsExactly("PENDING");
    assertThat(failure()).isEmpty();
    ledger.recordDelivered(other);
    ledger.recordFailure(late, "late", Duration.ZERO);
    assertThat(states("pager", credential)).containsExactly("DELIVERED");
    assertThat(late.tries()).isEqualTo(1);
    assertThat(other.tries()).isEqualTo(2);
  }

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
        .extracting(DeliveryIT::type)
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
        .extracting(DeliveryIT::type)
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
    var other = new DispatcherLifecycle(targets, ledger, new SimpleMeterRegistry(), clock);
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

  @Test
  void stopWaitsForDeliveriesInFlightAndClaimsNothing() {
    PAGER.reacts(Reaction.HANG);
    append(credential, EXPIRED, MISSING);
    dispatchers.wake();
    await().until(() -> PAGER.calls().size() == 1);
    PAGER.reacts(Reaction.ACCEPT);

    var stop = runAsync(dispatchers::stop);
    assertThat(stop).isNotDone();
    PAGER.release();
    assertThat(stop).succeedsWithin(Duration.ofSeconds(5));
    dispatchers.wake();

    assertThat(states("pager", credential)).containsExactly("DELIVERED", "PENDING");
    dispatchers.start();
    deliver();
    assertThat(states("pager", credential)).containsExactly("DELIVERED", "DELIVERED");
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

  private static CompletableFuture<Void> runAsync(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
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

  /** The ids of a credential's webhooks in the order in which a receiver got them. */
  private static List<String> ids(Receiver receiver, UUID credential) {
    Set<String> wanted = new HashSet<>(events(credential));
    return receiver.calls().stream().map(Call::id).filter(wanted::contains).toList();
  }

  private static Call first() {
    return PAGER.calls().getFirst();
  }

  /** The last failure of the pager's oldest webhook; empty if none. */
  private static String failure() {
    return Objects.toString(
        query(
                "select last_failure from webhook_delivery where target = 'pager'"
                    + " order by number limit 1")
            .getFirst()
            .get("last_failure"),
        "");
  }

  private static String type(Call call) {
    return JsonMapper.shared().readTree(call.body()).path("type").asString();
  }

  private static JsonNode data(@Nullable CloudEventData data) {
    return JsonMapper.shared().readTree(Objects.requireNonNull(data).toBytes());
  }

  // An event has no position in the chain yet when its webhook is inserted.
  private static JsonNode withoutSeq(JsonNode event) {
    return ((ObjectNode) event).without("seq");
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
