package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Retiring the old credential after a confirmation. */
class RetirementIT extends DecisionIT {

  @Test
  void anOldCredentialInUseIsNotRetired() {
    Answer minted = rotate("{}");
    control().touch(old.text("/id"));

    confirm(minted, json("graceSeconds", 0));
    await().until(() -> eventsOf(minted).contains("old-credential-still-used system"));
    retirements.sweep();

    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("RETIRING");
    assertThat(eventsOf(minted)).containsOnlyOnce("old-credential-still-used system");
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_old_credential_still_used_total{upstream=\"keycard\"}");
  }

  @Test
  void anOldCredentialInUseIsRetiredByForce() {
    Answer minted = rotate("{}");
    control().touch(old.text("/id"));

    confirm(minted, AT_ONCE);

    awaitRetired(old);
  }

  @Test
  void anOldCredentialWhoseLastUseCannotBeReadIsNotRetired() {
    Answer minted = rotate("{}");
    control().fault("keycard", "get", "status", status(500));

    confirm(minted, json("graceSeconds", 0));
    await().until(() -> !failureOf(minted).isEmpty());

    assertThat(isValid(old)).isTrue();
  }

  @Test
  void theLastValidCredentialIsNotRetired() {
    Answer minted = rotate("{}");
    confirm(minted, IN_AN_HOUR);
    as("payments").delete(CHECKOUT + "/" + minted.text("/id"));

    retireNow();

    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
    assertThat(eventsOf(minted)).endsWith("rotation.retirement-cancelled system");
  }

  @Test
  void aChainOfRotationsRetiresEveryOldCredential() {
    Answer second = rotate("{}");
    // Its last use is read before its successor, so its successor is retired first.
    confirm(second, json("graceSeconds", 3600));
    Answer third = rotate(second, UUID.randomUUID().toString(), "{}");
    confirm(third, IN_AN_HOUR);
    control().fault("keycard", "get", "delay", delayMs(1_000));

    retireNow();

    assertThat(List.of(isValid(old), isValid(second), isValid(third)))
        .containsExactly(false, false, true);
  }

  @Test
  void aFailedRetirementIsShownAndRetried() {
    Answer minted = rotate("{}");
    control().fault("keycard", "delete", "status", status(500));

    confirm(minted, AT_ONCE);
    await().until(() -> !failureOf(minted).isEmpty());
    assertThat(failureOf(minted)).contains("500");
    assertThat(rotationOf(minted).text("/state")).isEqualTo("SUCCEEDED");
    control().clearFaults();
    retireNow();

    assertThat(isValid(old)).isFalse();
    assertThat(failureOf(minted)).isEmpty();
  }

  @Test
  void aRetirementThatHasBegunIsNotCancelled() {
    Answer minted = rotate("{}");
    control().fault("keycard", "delete", "delay", delayMs(2000), times(1));
    confirm(minted, AT_ONCE);
    await().until(() -> control().served("delete") == 1);

    assertThat(possible(minted)).containsExactly("reissue");
    reissue(minted, "{}");

    awaitRetired(old);
    assertThat(eventsOf(minted)).doesNotContain("rotation.retirement-cancelled caller");
  }

  @Test
  void aCredentialThatSeemedGoneIsRetiredAllTheSame() {
    Answer minted = rotate("{}");
    confirm(minted, IN_AN_HOUR);
    control().fault("keycard", "get", "status", status(404), times(1));
    as("payments").get(CHECKOUT + "/" + old.text("/id"));
    assertThat(statusOf(old)).isEqualTo("MISSING");

    retirements.sweep();
    retireNow();

    assertThat(isValid(old)).isFalse();
    assertThat(isValid(minted)).isTrue();
  }
}
