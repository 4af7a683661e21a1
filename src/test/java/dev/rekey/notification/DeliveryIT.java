package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.DeliveryLedger.ClaimedDelivery;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.notification.Receiver.Reaction;
import dev.rekey.upstream.http.TestClients;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Delivers webhooks over real HTTP to receivers that are down, slow or broken. */
class DeliveryIT extends WebhookIT {

  private static final AuditType EXPIRING = AuditType.CREDENTIAL_EXPIRING;
  private static final AuditType EXPIRED = AuditType.CREDENTIAL_EXPIRED;
  private static final AuditType MISSING = AuditType.CREDENTIAL_MISSING;

  @Autowired private DeliveryLedger ledger;
  @Autowired private Targets targets;
  @Autowired private Clock clock;

  private final UUID credential = UUID.randomUUID();

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
    new Sender(pager, 1, TestClients.direct(), clock).send(lost);

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
}
