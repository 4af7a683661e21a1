package dev.rekey.rotation;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Confirming that the new credential works. */
class ConfirmIT extends DecisionIT {

  @Test
  void theOldCredentialIsRetiredAfterTheGrace() {
    Answer minted = rotate("{}");

    Answer confirmed = confirm(minted, json("graceSeconds", 3600));
    retirements.sweep();

    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.text("/confirmedAt")).isNotEmpty();
    assertThat(confirmed.body().at("/graceSeconds").asInt()).isEqualTo(3600);
    assertThat(confirmed.text("/retirements/0/credentialId"))
        .isEqualTo(old.header("Rekey-Credential-Id"));
    assertThat(statusOf(old)).isEqualTo("RETIRING");
    assertThat(isValid(old)).isTrue();

    retireNow();

    assertThat(isValid(old)).isFalse();
    assertThat(isValid(minted)).isTrue();
    assertThat(statusOf(old)).isEqualTo("RETIRED");
    assertThat(inventory(old).text("/replacedBy")).isEqualTo(minted.header("Rekey-Credential-Id"));
    assertThat(rotationOf(minted).text("/retirements/0/doneAt")).isNotEmpty();
    assertThat(eventsOf(minted))
        .containsExactly(
            "rotation.requested caller",
            "rotation.succeeded caller",
            "rotation.confirmed caller",
            "credential.delete.requested system",
            "credential.delete.succeeded system");
  }

  @Test
  void theDefaultGraceIsADay() {
    Answer confirmed = confirm(rotate("{}"), null);

    assertThat(confirmed.body().at("/graceSeconds").asInt()).isEqualTo(86_400);
  }

  @Test
  void theGraceMayBeSetByTheRotation() {
    Answer minted = rotate(json("graceSeconds", 7));

    assertThat(confirm(minted, "{}").body().at("/graceSeconds").asInt()).isEqualTo(7);
  }

  @Test
  void theLongestGraceIsThirtyDays() {
    assertThat(confirm(rotate("{}"), json("graceSeconds", 2_592_000)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2592001", "2678400", "'soon'", "'5'", "1.5", "1e99", "[1]"})
  void anInvalidGraceIsRefused(String grace) {
    Answer minted = rotate("{}");
    String body = "{'graceSeconds':%s}".formatted(grace).replace('\'', '"');

    assertThat(confirm(minted, body).status()).isEqualTo(400);
    assertThat(confirm(minted, body).text("/detail")).contains("graceSeconds");
    assertThat(rotate(body).status()).isEqualTo(400);
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
  }

  @Test
  void jsonNullIsRefused() {
    Answer minted = rotate("{}");

    for (Answer refused : List.of(confirm(minted, "null"), revert(minted, "null"))) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text("/detail")).isEqualTo("A JSON object is required.");
    }
    assertThat(statusOf(old)).isEqualTo("ACTIVE");
  }

  @Test
  void withoutGraceTheOldCredentialIsRetiredAtOnce() {
    Answer minted = rotate("{}");

    confirm(minted, json("graceSeconds", 0));

    awaitRetired(old);
    assertThat(isValid(minted)).isTrue();
  }

  @Test
  void theFirstUseConfirmsIfTheCallerAskedForThat() {
    Answer minted = rotate(json("confirmOnFirstUse", true, "graceSeconds", 3600));
    retirements.sweep();
    assertThat(rotationOf(minted).text("/confirmedAt")).isEmpty();

    control().touch(minted.text("/id"));
    execute("update rotation set next_look_at = now() where next_look_at is not null");
    retirements.sweep();

    assertThat(rotationOf(minted).text("/confirmedAt")).isNotEmpty();
    assertThat(statusOf(old)).isEqualTo("RETIRING");
    assertThat(eventsOf(minted)).endsWith("rotation.confirmed system");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "just before its creation"
      })
  void aUseOutsideTheLifeOfTheNewCredentialDoesNotConfirm(String usedAt) {
    Answer minted = rotate(json("confirmOnFirstUse", true, "graceSeconds", 0));
    Instant created = Instant.parse(minted.text("/created_at"));
    control()
        .respond(
            "keycard",
            "get",
            200,
            json(
                "id",
                minted.text("/id"),
                "client_id",
                minted.text("/client_id"),
                "name",
                "build",
                "created_at",
                created.toString(),
                "last_used_at",
                usedAt.startsWith("just") ? created.minusMillis(1).toString() : usedAt));

    execute("update rotation set next_look_at = now() where next_look_at is not null");
    retirements.sweep();

    assertThat(rotationOf(minted).text("/confirmedAt")).isEmpty();
    assertThat(isValid(old)).isTrue();
  }

  @Test
  void theFirstUseDoesNotConfirmOtherwise() {
    Answer minted = rotate("{}");

    control().touch(minted.text("/id"));
    retirements.sweep();

    assertThat(rotationOf(minted).text("/confirmedAt")).isEmpty();
  }

  @Test
  void aRotationNeedsAConfirmationUntilItIsDecided() {
    Answer confirmed = rotate("{}");
    assertThat(needs(confirmed)).containsExactly("confirmation");
    confirm(confirmed, null);
    assertThat(needs(confirmed)).isEmpty();

    createOld();
    Answer reverted = rotate("{}");
    revert(reverted, null);
    assertThat(needs(reverted)).isEmpty();

    createOld();
    Answer lost = rotate("{}");
    Answer reissued =
        as("payments")
            .with("Idempotency-Key", "again-" + requestId)
            .post(rotationPath(lost) + "/reissue", "{}");
    assertThat(needs(lost)).isEmpty();
    assertThat(needs(reissued)).containsExactly("confirmation");
  }

  @Test
  void aFirstUseThatDoesNotComeNeedsAPersonInTheEnd() {
    Answer minted = rotate(json("confirmOnFirstUse", true));
    assertThat(rotationOf(minted).text("/possible/0")).isEqualTo("confirm");
    assertThat(needs(minted)).isEmpty();

    execute(
        "update rotation set closed_at = closed_at - interval '8 days' where id = ?::uuid",
        minted.header("Rekey-Rotation-Id"));
    retirements.sweep();

    assertThat(needs(minted)).containsExactly("confirmation");
  }

  @Test
  void anOldCredentialThatEndsOtherwiseNeedsNoConfirmation() {
    Answer minted = rotate("{}");

    as("payments").delete(CHECKOUT + "/" + old.text("/id"));

    assertThat(needs(minted)).isEmpty();
    assertThat(
            numberOf(
                "select count(*) from overlap where credential_id = ?::uuid",
                old.header("Rekey-Credential-Id")))
        .isZero();
  }

  private List<String> needs(Answer minted) {
    return rotationOf(minted).body().path("needs").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void anUnconfirmedRotationRetiresNothingAndIsReportedOnce() {
    Answer minted = rotate("{}");
    execute(
        "update rotation set closed_at = closed_at - interval '8 days' where id = ?::uuid",
        minted.header("Rekey-Rotation-Id"));

    retirements.sweep();
    retirements.sweep();

    assertThat(isValid(old)).isTrue();
    assertThat(rotationOf(minted).text("/unconfirmedAt")).isNotEmpty();
    assertThat(eventsOf(minted)).containsOnlyOnce("rotation.unconfirmed system");
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_rotation_unconfirmed_total{upstream=\"keycard\"}");
    assertThat(confirm(minted, "{}").status()).isEqualTo(200);
  }

  @Test
  void aConnectorsPreviousCredentialIsRetiredIfItIsStillValid() {
    control().mode("additive");
    Answer first = as("payments").post(ROTATE, OKTA);
    Answer second = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    assertThat(possible(second)).contains("confirm");

    assertThat(confirm(second, AT_ONCE).status()).isEqualTo(200);

    await()
        .untilAsserted(
            () -> assertThat(control().live()).doesNotContain(first.text("/credential/id")));
    assertThat(control().live()).contains(second.text("/credential/id"));
    // Rekey records the removal after the upstream's response.
    await()
        .untilAsserted(
            () -> assertThat(eventsOf(second)).contains("credential.revoke.succeeded system"));
  }

  @Test
  void aRotationWhosePreviousCredentialIsRevokedCannotBeConfirmed() {
    as("payments").post(ROTATE, OKTA);
    Answer second = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();

    assertRefused(confirm(second, "{}"), "reissue");
  }
}
