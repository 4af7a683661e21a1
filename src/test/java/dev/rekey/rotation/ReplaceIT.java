package dev.rekey.rotation;

import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rotating a Keycard credential with an overlap. */
class ReplaceIT extends DecisionIT {

  @Test
  void bothCredentialsAreValidAfterARotation() {
    Answer minted = rotate("{}");

    assertThat(minted.status()).isEqualTo(201);
    assertThat(minted.header("Cache-Control")).isEqualTo("no-store");
    assertThat(minted.text("/name")).isEqualTo("build");
    assertThat(minted.text("/description")).isEqualTo("nightly");
    assertThat(isValid(minted)).isTrue();
    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
    assertThat(rotationOf(minted).text("/replaces")).isEqualTo(old.header("Rekey-Credential-Id"));
    assertThat(possible(minted)).containsExactly("confirm", "revert", "reissue");
  }

  @Test
  void theNewCredentialMayHaveAnotherName() {
    Answer minted = rotate(json("name", "build 2", "description", "weekly"));

    assertThat(minted.text("/name")).isEqualTo("build 2");
    assertThat(minted.text("/description")).isEqualTo("weekly");
  }

  @Test
  void aRotationNeedsAKey() {
    Answer answer = as("payments").post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/idempotency-key-required");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aRepetitionIsRecognisedEvenIfTheOldCredentialIsGone() {
    String key = UUID.randomUUID().toString();
    Answer minted = rotate(key, "{}");
    confirm(minted, AT_ONCE);
    awaitRetired(old);

    Answer again = rotate(key, "{}");

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(rotate(key, json("name", "other")).status()).isEqualTo(422);
  }

  @Test
  void anUnknownCredentialCannotBeRotated() {
    assertThat(rotate("nobody", "k" + requestId, "{}").status()).isEqualTo(404);
    assertThat(control().calls("create")).isEqualTo(1);
  }

  @Test
  void aCredentialWhoseSecretWasNotDeliveredCannotBeRotated() {
    control().fault("keycard", "create", "reset-after", times(1));
    as("payments").post(CHECKOUT, json("name", "lost"));
    String orphan = control().mints().getLast();

    Answer answer = rotate(orphan, "k" + requestId, "{}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void aRetiringCredentialCannotBeRotated() {
    confirm(rotate("{}"), json("graceSeconds", 3600));

    Answer refused = rotate("{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void aCallerWithoutAGrantCanDoNothing() {
    Answer minted = rotate("{}");
    String rotation = rotationPath(minted);

    assertThat(
            as("search")
                .with("Idempotency-Key", "k" + requestId)
                .post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}")
                .status())
        .isEqualTo(403);
    for (String action : List.of("confirm", "revert", "reissue")) {
      assertThat(as("search").post(rotation + "/" + action, "{}").status()).isEqualTo(404);
      assertThat(as("auditor").post(rotation + "/" + action, "{}").status()).isEqualTo(403);
    }
    assertThat(isValid(old)).isTrue();
    assertThat(isValid(minted)).isTrue();
  }

  @Test
  void theDeliveryOfTheSecretIsRecorded() {
    Answer minted = rotate("{}");

    await().until(() -> !rotationOf(minted).text("/deliveredAt").isEmpty());
  }
}
