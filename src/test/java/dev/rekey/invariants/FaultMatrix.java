package dev.rekey.invariants;

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

/**
 * Injects a fault into one mint, checks the caller's response, reconciles, and checks the result.
 */
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
  private final List<HandedOver> handedOver = new ArrayList<>();

  // Other tests leave attempts that are still checked for a late credential.
  @BeforeEach
  void leaveAloneWhatOthersLeft() {
    execute("update rotation_attempt set next_check_at = null where next_check_at is not null");
  }

  final void aCreation(Mishap mishap) {
    run(
        mishap,
        "keycard",
        "create",
        "organizations/acme/service-accounts/checkout",
        CHECKOUT,
        "{\"name\":\"build\",\"description\":\"nightly\"}",
        mishap.endWithList(),
        mishap.endWithList(),
        true);
  }

  final void aRotation(Mishap mishap, boolean replacing) {
    control().mode(replacing ? "replacing" : "additive");
    String end = mishap.endWithoutList();
    run(
        mishap,
        "conductorone",
        "rotate",
        OKTA_SUBJECT,
        ROTATE,
        OKTA,
        end,
        replacing && end.equals("UNKNOWN") ? "SUPERSEDED" : end,
        replacing);
  }

  private void run(
      Mishap mishap,
      String upstream,
      String operation,
      String subject,
      String path,
      String body,
      String end,
      String endAfterTheNext,
      boolean replacing) {
    var invariants = new Invariants(postgres(), surroundings().sandbox(), since, replacing);
    mishap.happenAt(control(), upstream, operation);

    Answer answer = as("payments").post(path, body);

    isToldSo(mishap, answer, subject);
    assertThat(control().served(operation)).isEqualTo(mishap.calls());
    String rotation = Objects.requireNonNull(answer.header("Rekey-Rotation-Id"));
    expireLeases(rotation);
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              makeChecksDue();
              Sweeps.sweep(rekey);
              assertThat(control().mints()).hasSize(mishap.mints);
              assertThat(stateOf(rotation)).isEqualTo(end);
              assertThat(invariants.isSettled()).isTrue();
            });
    invariants.hold(handedOver);

    control().clearFaults();
    Answer next = as("payments").post(path, body);

    assertThat(next.status()).isLessThan(300);
    handedOver.add(HandedOver.by(next, subject));
    assertThat(stateOf(rotation)).isEqualTo(endAfterTheNext);
    assertThat(control().mints()).hasSize(mishap.mints + 1);
    invariants.hold(handedOver);
  }

  private void isToldSo(Mishap mishap, Answer answer, String subject) {
    var told = mishap.told;
    if (told == Mishap.Told.THE_SECRET) {
      assertThat(answer.status()).isEqualTo(subject.startsWith("apps/") ? 200 : 201);
      handedOver.add(HandedOver.by(answer, subject));
      return;
    }
    assertThat(answer.status()).isEqualTo(told.status);
    assertThat(answer.text("/type")).isEqualTo("/problems/" + told.problem);
    assertThat(answer.text("/rotationId")).isEqualTo(answer.header("Rekey-Rotation-Id"));
    assertThat(answer.header("x-should-retry")).isEqualTo(told.mayRepeat ? null : "false");
    assertThat(answer.header("Retry-After")).isEqualTo(told == Mishap.Told.TO_WAIT ? "7" : null);
    if (told == Mishap.Told.UNKNOWN) {
      assertThat(answer.header("Location"))
          .isEqualTo("/api/v1/rotations/" + answer.text("/rotationId"));
    }
  }

  private String stateOf(String rotation) {
    return as("payments").get("/api/v1/rotations/" + rotation).text("/state");
  }
}
