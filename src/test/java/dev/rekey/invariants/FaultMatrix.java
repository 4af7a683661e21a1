package dev.rekey.invariants;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.rotation.Sweeps;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;

/** Lets one mint fail, checks the response, reconciles, and checks the records. */
@TestPropertySource(
    properties = {
      "rekey.upstreams.conductorone.http.mint-timeout=2s",
      "rekey.upstreams.conductorone.http.token-timeout=1s",
      "rekey.upstreams.keycard.http.mint-timeout=2s",
      "rekey.upstreams.keycard.http.token-timeout=1s"
    })
abstract class FaultMatrix extends RekeyIT {

  @Autowired private ApplicationContext rekey;

  private final Instant since = Instant.now();
  private final List<DeliveredSecret> delivered = new ArrayList<>();

  // Other tests leave attempts that the reconciler would still check.
  @BeforeEach
  void ignoreEarlierAttempts() {
    execute("update rotation_attempt set next_check_at = null where next_check_at is not null");
  }

  final void aCreation(Fault fault) {
    run(
        fault,
        "keycard",
        "create",
        "organizations/acme/service-accounts/checkout",
        CHECKOUT,
        json("name", "build", "description", "nightly"),
        fault.stateIfListable(),
        fault.stateIfListable(),
        true);
  }

  final void aRotation(Fault fault, boolean replacing) {
    control().mode(replacing ? "replacing" : "additive");
    String state = fault.stateIfNotListable();
    run(
        fault,
        "conductorone",
        "rotate",
        OKTA_SUBJECT,
        ROTATE,
        OKTA,
        state,
        replacing && state.equals("UNKNOWN") ? "SUPERSEDED" : state,
        replacing);
  }

  private void run(
      Fault fault,
      String upstream,
      String operation,
      String subject,
      String path,
      String body,
      String state,
      String stateAfterTheNext,
      boolean replacing) {
    var invariants = new Invariants(postgres(), surroundings().sandbox(), since, replacing);
    fault.injectAt(control(), upstream, operation);

    Answer answer = as("payments").post(path, body);

    assertExpectedResponse(fault, answer, subject);
    assertThat(control().served(operation)).isEqualTo(fault.calls());
    String rotation = Objects.requireNonNull(answer.header("Rekey-Rotation-Id"));
    expireLeases(rotation);
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              makeChecksDue();
              Sweeps.sweep(rekey);
              assertThat(control().mints()).hasSize(fault.mints);
              assertThat(stateOf(rotation)).isEqualTo(state);
              assertThat(invariants.isSettled()).isTrue();
            });
    invariants.assertAll(delivered);

    control().clearFaults();
    Answer next = keyed("payments").post(path, body);

    assertThat(next.status()).isLessThan(300);
    delivered.add(DeliveredSecret.in(next, subject));
    assertThat(stateOf(rotation)).isEqualTo(stateAfterTheNext);
    assertThat(control().mints()).hasSize(fault.mints + 1);
    invariants.assertAll(delivered);
  }

  private void assertExpectedResponse(Fault fault, Answer answer, String subject) {
    var expected = fault.expected;
    if (expected == Fault.Expected.SECRET) {
      assertThat(answer.status()).isEqualTo(subject.startsWith("apps/") ? 200 : 201);
      delivered.add(DeliveredSecret.in(answer, subject));
      return;
    }
    assertThat(answer.status()).isEqualTo(expected.status);
    assertThat(answer.text("/type")).isEqualTo("/problems/" + expected.problem);
    assertThat(answer.text("/rotationId")).isEqualTo(answer.header("Rekey-Rotation-Id"));
    assertThat(answer.header("x-should-retry")).isEqualTo(expected.mayRepeat ? null : "false");
    assertThat(answer.header("Retry-After"))
        .isEqualTo(expected == Fault.Expected.RATE_LIMITED ? "7" : null);
    if (expected == Fault.Expected.UNKNOWN) {
      assertThat(answer.header("Location"))
          .isEqualTo("/api/v1/rotations/" + answer.text("/rotationId"));
    }
  }

  private String stateOf(String rotation) {
    return as("payments").get("/api/v1/rotations/" + rotation).text("/state");
  }
}
