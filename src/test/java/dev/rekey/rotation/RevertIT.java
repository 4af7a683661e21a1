package dev.rekey.rotation;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import org.junit.jupiter.api.Test;

/** Going back to the old credential. */
class RevertIT extends DecisionIT {

  @Test
  void theNewCredentialIsRetiredAndTheOldOneIsKept() {
    Answer minted = rotate("{}");

    Answer reverted = revert(minted, null);

    assertThat(reverted.status()).isEqualTo(200);
    assertThat(reverted.text("/revertedAt")).isNotEmpty();
    awaitRetired(minted);
    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
    assertThat(eventsOf(minted))
        .containsSubsequence(
            "rotation.reverted caller",
            "credential.delete.requested system",
            "credential.delete.succeeded system");
  }

  @Test
  void aConfirmationIsCancelled() {
    Answer minted = rotate("{}");
    confirm(minted, IN_AN_HOUR);

    assertThat(revert(minted, "{}").status()).isEqualTo(200);
    awaitRetired(minted);
    retireNow();

    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
  }

  @Test
  void aNewCredentialInUseIsRetiredByForceOnly() {
    Answer minted = rotate("{}");
    control().touch(minted.text("/id"));

    Answer refused = revert(minted, "{}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/credential-in-use");
    assertThat(refused.text("/lastUsedAt")).isNotEmpty();
    assertThat(isValid(minted)).isTrue();

    revert(minted, json("force", true));
    awaitRetired(minted);
  }

  @Test
  void anOldCredentialThatWasDeletedOutsideRekeyCannotBeKept() {
    Answer minted = rotate("{}");
    keycardDirectly().delete(CHECKOUT + "/" + old.text("/id"));

    Answer refused = revert(minted, "{}");

    assertRefused(refused, "reissue");
    assertThat(isValid(minted)).isTrue();
  }

  @Test
  void aRetirementThatAnotherRotationHasScheduledIsNotCancelled() {
    Answer first = rotate("{}");
    Answer second = rotate("{}");
    confirm(first, IN_AN_HOUR);

    Answer refused = revert(second, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(possible(second)).containsExactly("reissue");
    retireNow();
    assertThat(isValid(old)).isFalse();
    assertThat(isValid(first)).isTrue();
  }

  @Test
  void anOldCredentialWhoseSecretWasLostCannotBeKept() {
    Answer minted = rotate("{}");
    control().fault("keycard", "delete", "status", status(403), times(1));
    reissue(old, "{}");
    await().until(() -> control().calls("delete") == 1);

    assertThat(possible(minted)).containsExactly("reissue");
    assertThat(revert(minted, "{}").status()).isEqualTo(409);
    retireNow();
    assertThat(isValid(old)).isFalse();
    assertThat(isValid(minted)).isTrue();
  }
}
