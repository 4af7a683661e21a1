package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Replacing a credential whose secret was lost. */
class ReissueIT extends DecisionIT {

  @Test
  void anotherCredentialIsMintedBeforeTheLostOneIsRetired() {
    Answer minted = rotate("{}");

    Answer reissued = reissue(minted, null);

    assertThat(reissued.status()).isEqualTo(201);
    assertThat(reissued.header("Cache-Control")).isEqualTo("no-store");
    assertThat(isValidReissue(reissued)).isTrue();
    awaitRetired(minted);
    assertThat(isValid(old)).isTrue();
    Answer rotation = rotationOf(reissued);
    assertThat(rotation.text("/reissueOf")).isEqualTo(minted.header("Rekey-Rotation-Id"));
    assertThat(rotation.text("/replaces")).isEqualTo(old.header("Rekey-Credential-Id"));
    assertThat(rotationOf(minted).text("/reissuedAs"))
        .isEqualTo(reissued.header("Rekey-Rotation-Id"));
    assertThat(possible(minted)).isEmpty();
    assertThat(control().calls()).containsSubsequence("create", "create", "create", "delete");

    confirm(reissued, AT_ONCE);
    awaitRetired(old);
  }

  @Test
  void theRetirementOfTheOldCredentialIsCancelled() {
    Answer minted = rotate("{}");
    confirm(minted, IN_AN_HOUR);

    Answer reissued = reissue(minted, "{}");
    awaitRetired(minted);
    retireNow();

    assertThat(isValid(old)).isTrue();
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
    assertThat(possible(reissued)).contains("confirm");
  }

  @Test
  void aFailedReissueRetiresNothing() {
    Answer minted = rotate("{}");
    control().fault("keycard", "create", "reset-before");

    Answer failed = reissue(minted, "{}");
    control().clearFaults();
    retirements.sweep();

    assertThat(failed.status()).isEqualTo(504);
    assertThat(isValid(minted)).isTrue();
    assertThat(keyed("payments").post(rotationPath(minted) + "/reissue", "{}").status())
        .isEqualTo(201);
  }

  @Test
  void aCredentialInUseIsReissuedByForceOnly() {
    control().touch(old.text("/id"));

    assertThat(reissue(old, "{}").text("/type")).isEqualTo("/problems/credential-in-use");
    assertThat(reissue(old, json("force", true)).status()).isEqualTo(201);
    awaitRetired(old);
  }

  @Test
  void aReissueWithAKeyMintsOnce() {
    String path = rotationPath(old) + "/reissue";
    var keyed = as("payments").with("Idempotency-Key", "reissue-" + requestId);

    Answer first = keyed.post(path, "{}");
    Answer again = keyed.post(path, "{}");

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void twoConcurrentReissuesMintOnce() {
    control().fault("keycard", "create", "delay", delayMs(1000));

    var one = CompletableFuture.supplyAsync(() -> reissue(old, "{}"));
    var other = CompletableFuture.supplyAsync(() -> reissue(old, "{}"));

    assertThat(List.of(one.join().status(), other.join().status()))
        .containsExactlyInAnyOrder(201, 409);
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void aLostCredentialIsRetiredEvenIfItsReplacementIsGone() {
    control().fault("keycard", "delete", "status", status(403), times(1));
    Answer reissued = reissue(old, "{}");
    await().until(() -> control().calls("delete") == 1);
    as("payments").delete(CHECKOUT + "/" + reissued.text("/upstreamId"));

    retireNow();

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void noOtherDecisionIsPossibleDuringAReissue() {
    Answer minted = rotate("{}");
    control().fault("keycard", "create", "delay", delayMs(2000));
    var reissue = CompletableFuture.supplyAsync(() -> reissue(minted, "{}"));
    await().until(() -> control().served("create") == 3);

    for (String action : List.of("confirm", "revert")) {
      Answer refused = decide(action, minted, "{}");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text("/detail")).contains("in progress");
    }
    assertThat(reissue.join().status()).isEqualTo(201);
    assertThat(isValid(old)).isTrue();
  }

  @Test
  void aConnectorsLostSecretIsReissued() {
    Answer lost = as("payments").post(ROTATE, OKTA);

    Answer reissued = reissue(lost, "{}");

    assertThat(reissued.status()).isEqualTo(201);
    assertThat(isValidReissue(reissued)).isTrue();
    await().untilAsserted(() -> assertThat(statusOf(lost)).isEqualTo("RETIRED"));
  }

  private static boolean isValidReissue(Answer reissued) {
    return control().isValid(reissued.text("/clientId"), reissued.text("/clientSecret"));
  }
}
