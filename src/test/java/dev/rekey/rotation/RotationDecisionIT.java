package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Two credentials side by side: rotate, confirm, revert, reissue, and the end of the older one. */
class RotationDecisionIT extends RekeyIT {

  private static final String NOW = "{\"graceSeconds\":0,\"force\":true}";

  @Autowired private Retirements retirements;
  @Autowired private Reconciler reconciler;

  private Answer older;

  @BeforeEach
  void createOlder() {
    older = as("payments").post(CHECKOUT, "{\"name\":\"build\",\"description\":\"nightly\"}");
    assertThat(older.status()).isEqualTo(201);
  }

  @Test
  void bothCredentialsWorkAfterARotation() {
    Answer newer = rotate("{}");

    assertThat(newer.status()).isEqualTo(201);
    assertThat(newer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(newer.text("/name")).isEqualTo("build");
    assertThat(newer.text("/description")).isEqualTo("nightly");
    assertThat(isValid(newer)).isTrue();
    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
    Answer rotation = rotationOf(newer);
    assertThat(rotation.text("/replaces")).isEqualTo(older.header("Rekey-Credential-Id"));
    assertThat(possible(rotation)).containsExactly("confirm", "revert", "reissue");
  }

  @Test
  void theNewOneMayBeCalledOtherwise() {
    Answer newer = rotate("{\"name\":\"build 2\",\"description\":\"weekly\"}");

    assertThat(newer.text("/name")).isEqualTo("build 2");
    assertThat(newer.text("/description")).isEqualTo("weekly");
  }

  @Test
  void aRotationNeedsAKey() {
    Answer answer = as("payments").post(CHECKOUT + "/" + older.text("/id") + "/rotate", "{}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/idempotency-key-required");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aRepetitionAfterTheOlderOneHasGoneStillNamesTheRemedies() {
    String key = UUID.randomUUID().toString();
    Answer newer = rotate(key, "{}");
    confirm(newer, NOW);
    awaitEnd(older);

    Answer again = rotate(key, "{}");

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(rotate(key, "{\"name\":\"other\"}").status()).isEqualTo(422);
  }

  @Test
  void aCredentialThatIsNotThereCannotBeRotated() {
    Answer answer =
        as("payments")
            .with("Idempotency-Key", "k" + requestId)
            .post(CHECKOUT + "/nobody/rotate", "{}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(control().calls("create")).isEqualTo(1);
  }

  @Test
  void aCredentialThatNobodyHoldsCannotBeRotated() {
    control().fault("keycard", "create", "reset-after", "\"times\":1");
    as("payments").post(CHECKOUT, "{\"name\":\"lost\"}");
    String orphan = control().mints().getLast();

    Answer answer =
        as("payments")
            .with("Idempotency-Key", "k" + requestId)
            .post(CHECKOUT + "/" + orphan + "/rotate", "{}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void somebodyWithoutAGrantCanDoNothing() {
    Answer newer = rotate("{}");
    String rotation = rotationPath(newer);

    assertThat(
            as("search")
                .with("Idempotency-Key", "k" + requestId)
                .post(CHECKOUT + "/" + older.text("/id") + "/rotate", "{}")
                .status())
        .isEqualTo(403);
    for (String action : List.of("confirm", "revert", "reissue")) {
      assertThat(as("search").post(rotation + "/" + action, "{}").status()).isEqualTo(404);
      assertThat(as("auditor").post(rotation + "/" + action, "{}").status()).isEqualTo(403);
    }
    assertThat(isValid(older)).isTrue();
    assertThat(isValid(newer)).isTrue();
  }

  @Test
  void afterAConfirmationTheOlderOneEndsWhenItsGraceIsOver() {
    Answer newer = rotate("{}");

    Answer confirmed = confirm(newer, "{\"graceSeconds\":3600}");
    retirements.sweep();

    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(confirmed.text("/confirmedAt")).isNotEmpty();
    assertThat(confirmed.body().at("/graceSeconds").asInt()).isEqualTo(3600);
    assertThat(confirmed.text("/retirements/0/credentialId"))
        .isEqualTo(older.header("Rekey-Credential-Id"));
    assertThat(statusOf(older)).isEqualTo("RETIRING");
    assertThat(isValid(older)).isTrue();

    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isFalse();
    assertThat(isValid(newer)).isTrue();
    assertThat(statusOf(older)).isEqualTo("RETIRED");
    assertThat(inventory(older).text("/replacedBy")).isEqualTo(newer.header("Rekey-Credential-Id"));
    assertThat(rotationOf(newer).text("/retirements/0/doneAt")).isNotEmpty();
    assertThat(eventsOf(newer))
        .containsExactly(
            "rotation.requested caller",
            "rotation.succeeded caller",
            "rotation.confirmed caller",
            "credential.delete.requested system",
            "credential.delete.succeeded system");
  }

  @Test
  void theGraceIsADayIfNobodySaysOtherwise() {
    Answer newer = rotate("{}");

    Answer confirmed = confirm(newer, null);

    assertThat(confirmed.body().at("/graceSeconds").asInt()).isEqualTo(86_400);
  }

  @Test
  void theGraceThatWasSaidAtTheRotationCounts() {
    Answer newer = rotate("{\"graceSeconds\":7}");

    assertThat(confirm(newer, "{}").body().at("/graceSeconds").asInt()).isEqualTo(7);
  }

  @Test
  void withoutGraceItEndsAtOnce() {
    Answer newer = rotate("{}");

    confirm(newer, "{\"graceSeconds\":0}");

    awaitEnd(older);
    assertThat(isValid(newer)).isTrue();
  }

  @Test
  void anOlderOneThatIsStillUsedIsNotEnded() {
    Answer newer = rotate("{}");
    control().touch(older.text("/id"));

    confirm(newer, "{\"graceSeconds\":0}");
    await().until(() -> eventsOf(newer).contains("old-credential-still-used system"));
    retirements.sweep();

    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("RETIRING");
    assertThat(eventsOf(newer).stream().filter(type -> type.startsWith("old-"))).hasSize(1);
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_old_credential_still_used_total{upstream=\"keycard\"}");
  }

  @Test
  void itIsEndedAllTheSameIfThatIsForced() {
    Answer newer = rotate("{}");
    control().touch(older.text("/id"));

    confirm(newer, NOW);

    awaitEnd(older);
  }

  @Test
  void theLastCredentialThatWorksIsNotEnded() {
    Answer newer = rotate("{}");
    confirm(newer, "{\"graceSeconds\":3600,\"force\":true}");
    as("payments").delete(CHECKOUT + "/" + newer.text("/id"));

    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
    assertThat(eventsOf(newer)).endsWith("rotation.retirement-cancelled system");
  }

  @Test
  void aChainOfRotationsEndsEveryOlderOne() {
    Answer second = rotate("{}");
    confirm(second, "{\"graceSeconds\":3600,\"force\":true}");
    Answer third = rotateOf(second, UUID.randomUUID().toString(), "{}");
    confirm(third, "{\"graceSeconds\":3600,\"force\":true}");

    itsTimeHasCome();
    retirements.sweep();
    retirements.sweep();

    assertThat(List.of(isValid(older), isValid(second), isValid(third)))
        .containsExactly(false, false, true);
  }

  @Test
  void anEndThatFailsIsTriedAgainAndShown() {
    Answer newer = rotate("{}");
    control().fault("keycard", "delete", "status", "\"status\":500");

    confirm(newer, NOW);
    await().until(() -> !failureOf(newer).isEmpty());
    assertThat(failureOf(newer)).contains("500");
    assertThat(rotationOf(newer).text("/state")).isEqualTo("SUCCEEDED");
    control().clearFaults();
    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isFalse();
    assertThat(failureOf(newer)).isEmpty();
  }

  @Test
  void anOlderOneWhoseLastUseCannotBeReadIsNotEnded() {
    Answer newer = rotate("{}");
    control().fault("keycard", "get", "status", "\"status\":500");

    confirm(newer, "{\"graceSeconds\":0}");
    await().until(() -> !failureOf(newer).isEmpty());

    assertThat(isValid(older)).isTrue();
  }

  @Test
  void whoOptedInHasTheFirstUseConfirm() {
    Answer newer = rotate("{\"confirmOnFirstUse\":true,\"graceSeconds\":3600}");
    retirements.sweep();
    assertThat(rotationOf(newer).text("/confirmedAt")).isEmpty();

    control().touch(newer.text("/id"));
    execute("update rotation set next_look_at = now() where next_look_at is not null");
    retirements.sweep();

    assertThat(rotationOf(newer).text("/confirmedAt")).isNotEmpty();
    assertThat(statusOf(older)).isEqualTo("RETIRING");
    assertThat(eventsOf(newer)).endsWith("rotation.confirmed system");
  }

  @Test
  void whoDidNotOptInHasNot() {
    Answer newer = rotate("{}");

    control().touch(newer.text("/id"));
    retirements.sweep();

    assertThat(rotationOf(newer).text("/confirmedAt")).isEmpty();
  }

  @Test
  void whatNobodyConfirmsEndsNothingAndIsSaidOnce() {
    Answer newer = rotate("{}");
    execute(
        "update rotation set closed_at = closed_at - interval '8 days' where id = ?::uuid",
        newer.header("Rekey-Rotation-Id"));

    retirements.sweep();
    retirements.sweep();

    assertThat(isValid(older)).isTrue();
    assertThat(rotationOf(newer).text("/unconfirmedAt")).isNotEmpty();
    assertThat(eventsOf(newer).stream().filter(type -> type.startsWith("rotation.unconfirmed")))
        .hasSize(1);
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_rotation_unconfirmed_total{upstream=\"keycard\"}");
    assertThat(confirm(newer, "{}").status()).isEqualTo(200);
  }

  @Test
  void aReversionEndsTheNewOneAndKeepsTheOlder() {
    Answer newer = rotate("{}");

    Answer reverted = as("payments").post(rotationPath(newer) + "/revert", null);

    assertThat(reverted.status()).isEqualTo(200);
    assertThat(reverted.text("/revertedAt")).isNotEmpty();
    awaitEnd(newer);
    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
    assertThat(eventsOf(newer))
        .containsSubsequence(
            "rotation.reverted caller",
            "credential.delete.requested system",
            "credential.delete.succeeded system");
  }

  @Test
  void aReversionAfterAConfirmationTakesThePlanBack() {
    Answer newer = rotate("{}");
    confirm(newer, "{\"graceSeconds\":3600,\"force\":true}");

    assertThat(as("payments").post(rotationPath(newer) + "/revert", "{}").status()).isEqualTo(200);
    awaitEnd(newer);
    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
  }

  @Test
  void aNewOneThatWasUsedIsRevertedByForceOnly() {
    Answer newer = rotate("{}");
    control().touch(newer.text("/id"));

    Answer refused = as("payments").post(rotationPath(newer) + "/revert", "{}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/credential-in-use");
    assertThat(refused.text("/lastUsedAt")).isNotEmpty();
    assertThat(isValid(newer)).isTrue();

    as("payments").post(rotationPath(newer) + "/revert", "{\"force\":true}");
    awaitEnd(newer);
  }

  @Test
  void thereIsNoGoingBackToACredentialThatHasGoneBehindRekeysBack() {
    Answer newer = rotate("{}");
    behindRekeysBack().delete(CHECKOUT + "/" + older.text("/id"));

    Answer refused = as("payments").post(rotationPath(newer) + "/revert", "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(texts(refused.body().at("/possible"))).containsExactly("reissue");
    assertThat(isValid(newer)).isTrue();
  }

  @Test
  void aReissueMintsFirstAndEndsTheLostOneAfter() {
    Answer newer = rotate("{}");
    String path = rotationPath(newer);

    Answer reissued = as("payments").post(path + "/reissue", null);

    assertThat(reissued.status()).isEqualTo(201);
    assertThat(reissued.header("Cache-Control")).isEqualTo("no-store");
    assertThat(control().isValid(reissued.text("/clientId"), reissued.text("/clientSecret")))
        .isTrue();
    awaitEnd(newer);
    assertThat(isValid(older)).isTrue();
    Answer rotation = rotationOf(reissued);
    assertThat(rotation.text("/reissueOf")).isEqualTo(newer.header("Rekey-Rotation-Id"));
    assertThat(rotation.text("/replaces")).isEqualTo(older.header("Rekey-Credential-Id"));
    assertThat(as("payments").get(path).text("/reissuedAs"))
        .isEqualTo(reissued.header("Rekey-Rotation-Id"));
    assertThat(possible(as("payments").get(path))).isEmpty();
    assertThat(control().calls()).containsSubsequence("create", "create", "create", "delete");

    confirm(reissued, NOW);
    awaitEnd(older);
  }

  @Test
  void aReissueKeepsTheOlderOneThatWasToBeEnded() {
    Answer newer = rotate("{}");
    confirm(newer, "{\"graceSeconds\":3600,\"force\":true}");

    Answer reissued = as("payments").post(rotationPath(newer) + "/reissue", "{}");
    awaitEnd(newer);
    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isTrue();
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
    assertThat(possible(rotationOf(reissued))).contains("confirm");
  }

  @Test
  void aReissueThatFailsEndsNothing() {
    Answer newer = rotate("{}");
    control().fault("keycard", "create", "reset-before");

    Answer failed = as("payments").post(rotationPath(newer) + "/reissue", "{}");
    control().clearFaults();
    retirements.sweep();

    assertThat(failed.status()).isEqualTo(504);
    assertThat(isValid(newer)).isTrue();
    assertThat(as("payments").post(rotationPath(newer) + "/reissue", "{}").status()).isEqualTo(201);
  }

  @Test
  void aCredentialThatWasUsedIsReissuedByForceOnly() {
    control().touch(older.text("/id"));
    String path = rotationPath(older);

    assertThat(as("payments").post(path + "/reissue", "{}").text("/type"))
        .isEqualTo("/problems/credential-in-use");
    assertThat(as("payments").post(path + "/reissue", "{\"force\":true}").status()).isEqualTo(201);
    awaitEnd(older);
  }

  @Test
  void aReissueUnderAKeyHappensOnce() {
    String path = rotationPath(older) + "/reissue";
    var keyed = as("payments").with("Idempotency-Key", "reissue-" + requestId);

    Answer first = keyed.post(path, "{}");
    Answer again = keyed.post(path, "{}");

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void twoReissuesAtTheSameTimeMintOnce() {
    control().fault("keycard", "create", "delay", "\"delayMs\":1000");
    String path = rotationPath(older) + "/reissue";

    var one = CompletableFuture.supplyAsync(() -> as("payments").post(path, "{}"));
    var other = CompletableFuture.supplyAsync(() -> as("payments").post(path, "{}"));

    assertThat(List.of(one.join().status(), other.join().status()))
        .containsExactlyInAnyOrder(201, 409);
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void whatARotationPlansIsNotTakenBackByAnother() {
    Answer first = rotate("{}");
    Answer second = rotate("{}");
    confirm(first, "{\"graceSeconds\":3600,\"force\":true}");

    Answer refused = as("payments").post(rotationPath(second) + "/revert", "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(possible(rotationOf(second))).containsExactly("reissue");
    itsTimeHasCome();
    retirements.sweep();
    assertThat(isValid(older)).isFalse();
    assertThat(isValid(first)).isTrue();
  }

  @Test
  void thereIsNoGoingBackToACredentialWhoseSecretWasLost() {
    Answer newer = rotate("{}");
    control().fault("keycard", "delete", "status", "\"status\":403", "\"times\":1");
    as("payments").post(rotationPath(older) + "/reissue", "{}");
    await().until(() -> control().calls("delete") == 1);

    assertThat(possible(rotationOf(newer))).containsExactly("reissue");
    assertThat(as("payments").post(rotationPath(newer) + "/revert", "{}").status()).isEqualTo(409);
    itsTimeHasCome();
    retirements.sweep();
    assertThat(isValid(older)).isFalse();
    assertThat(isValid(newer)).isTrue();
  }

  @Test
  void aLostCredentialEndsAlsoIfTheOneInItsPlaceHasGone() {
    control().fault("keycard", "delete", "status", "\"status\":403", "\"times\":1");
    Answer reissued = as("payments").post(rotationPath(older) + "/reissue", "{}");
    await().until(() -> control().calls("delete") == 1);
    as("payments").delete(CHECKOUT + "/" + reissued.text("/upstreamId"));

    itsTimeHasCome();
    retirements.sweep();

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void whileAReissueIsUnderWayNothingElseIsDecided() {
    Answer newer = rotate("{}");
    control().fault("keycard", "create", "delay", "\"delayMs\":2000");
    String path = rotationPath(newer);
    var reissue = CompletableFuture.supplyAsync(() -> as("payments").post(path + "/reissue", "{}"));
    await().until(() -> control().served("create") == 3);

    for (String action : List.of("confirm", "revert")) {
      Answer refused = as("payments").post(path + "/" + action, "{}");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text("/detail")).contains("in progress");
    }
    assertThat(reissue.join().status()).isEqualTo(201);
    assertThat(isValid(older)).isTrue();
  }

  @Test
  void anEndThatIsUnderWayIsNotTakenBack() {
    Answer newer = rotate("{}");
    control().fault("keycard", "delete", "delay", "\"delayMs\":2000", "\"times\":1");
    confirm(newer, NOW);
    await().until(() -> control().served("delete") == 1);

    assertThat(possible(rotationOf(newer))).containsExactly("reissue");
    as("payments").post(rotationPath(newer) + "/reissue", "{}");

    awaitEnd(older);
    assertThat(eventsOf(newer)).doesNotContain("rotation.retirement-cancelled caller");
  }

  @Test
  void aCredentialThatSeemedToHaveGoneIsEndedAllTheSame() {
    Answer newer = rotate("{}");
    confirm(newer, "{\"graceSeconds\":3600,\"force\":true}");
    control().fault("keycard", "get", "status", "\"status\":404", "\"times\":1");
    as("payments").get(CHECKOUT + "/" + older.text("/id"));
    assertThat(statusOf(older)).isEqualTo("MISSING");

    retirements.sweep();
    itsTimeHasCome();
    retirements.sweep();

    assertThat(isValid(older)).isFalse();
    assertThat(isValid(newer)).isTrue();
  }

  @Test
  void aConnectorsSecretThatWasLostIsReissued() {
    Answer lost = as("payments").post(ROTATE, OKTA);

    Answer reissued = as("payments").post(rotationPath(lost) + "/reissue", "{}");

    assertThat(reissued.status()).isEqualTo(201);
    assertThat(control().isValid(reissued.text("/clientId"), reissued.text("/clientSecret")))
        .isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        query(
                                "select status from credential where id = ?::uuid",
                                lost.header("Rekey-Credential-Id"))
                            .getFirst())
                    .containsEntry("status", "RETIRED"));
  }

  @Test
  void aConnectorsPreviousCredentialThatStillLivesIsConfirmedAway() {
    control().mode("additive");
    Answer first = as("payments").post(ROTATE, OKTA);
    Answer second = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    assertThat(possible(rotationOf(second))).contains("confirm");

    assertThat(confirm(second, NOW).status()).isEqualTo(200);

    await()
        .untilAsserted(
            () -> assertThat(control().live()).doesNotContain(first.text("/credential/id")));
    assertThat(control().live()).contains(second.text("/credential/id"));
    assertThat(eventsOf(second)).contains("credential.revoke.succeeded system");
  }

  @Test
  void aConnectorsPreviousCredentialThatHasEndedCannotBeConfirmedAway() {
    as("payments").post(ROTATE, OKTA);
    Answer second = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();

    Answer refused = confirm(second, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(texts(refused.body().at("/possible"))).containsExactly("reissue");
  }

  @Test
  void anUnknownOutcomeIsResolvedByAnAdminWithAReason() {
    control().fault("conductorone", "rotate", "reset-before");
    Answer unknown = as("payments").post(ROTATE, OKTA);
    control().clearFaults();
    reconciler.sweep();
    String path = "/api/v1/rotations/" + unknown.text("/rotationId");
    String body = "{\"reason\":\"looked at the tenant: nothing there\"}";

    assertThat(as("payments").post(path + "/resolve", body).status()).isEqualTo(403);
    assertThat(as("admin").post(path + "/resolve", "{}").status()).isEqualTo(400);
    assertThat(as("admin").post(path + "/resolve", "{\"reason\":\" \"}").status()).isEqualTo(400);
    Answer resolved = as("admin").post(path + "/resolve", body);

    assertThat(resolved.status()).isEqualTo(200);
    assertThat(resolved.text("/state")).isEqualTo("RESOLVED");
    assertThat(resolved.text("/reason")).startsWith("looked");
    assertThat(resolved.text("/attempts/0/state")).isEqualTo("RESOLVED");
    assertThat(
            query(
                "select actor_id, reason from audit_event where rotation_id = ?::uuid"
                    + " and type = 'rotation.resolved'",
                unknown.text("/rotationId")))
        .containsExactly(
            Map.of("actor_id", "admin", "reason", "looked at the tenant: nothing there"));
    assertThat(as("admin").post(path + "/resolve", body).status()).isEqualTo(409);
  }

  @Test
  void whatRekeySettlesByItselfIsNotResolved() {
    control().fault("keycard", "create", "reset-before", "\"times\":1");
    Answer unknown = as("payments").post(CHECKOUT, "{\"name\":\"other\"}");

    Answer refused =
        as("admin")
            .post(
                "/api/v1/rotations/" + unknown.text("/rotationId") + "/resolve",
                "{\"reason\":\"impatient\"}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("automatically");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2592001", "2678400", "\"soon\"", "\"5\"", "1.5", "1e99", "[1]"})
  void aGraceThatCannotBeIsRefused(String grace) {
    Answer newer = rotate("{}");
    String body = "{\"graceSeconds\":" + grace + "}";

    assertThat(confirm(newer, body).status()).isEqualTo(400);
    assertThat(confirm(newer, body).text("/detail")).contains("graceSeconds");
    assertThat(rotate(body).status()).isEqualTo(400);
    assertThat(statusOf(older)).isEqualTo("ACTIVE");
  }

  @Test
  void theLongestGraceIsThirtyDays() {
    assertThat(confirm(rotate("{}"), "{\"graceSeconds\":2592000}").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "confirm, confirm, revert reissue",
    "revert, confirm, ''",
    "revert, revert, ''",
    "revert, reissue, ''",
    "reissue, confirm, ''",
    "reissue, revert, ''",
    "reissue, reissue, ''"
  })
  void whatIsNotPossibleAnyMoreIsRefusedWithWhatIs(String done, String asked, String possible) {
    Answer newer = rotate("{}");
    String path = rotationPath(newer);
    assertThat(as("payments").post(path + "/" + done, "{}").status()).isIn(200, 201);

    Answer refused = as("payments").post(path + "/" + asked, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(texts(refused.body().at("/possible")))
        .containsExactly(possible.isEmpty() ? new String[0] : possible.split(" "));
    assertThat(refused.header("Location")).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"confirm", "revert", "reissue"})
  void whatHasNoCredentialCannotBeDecidedAbout(String action) {
    control().fault("conductorone", "rotate", "status", "\"status\":400");
    Answer rejected = as("payments").post(ROTATE, OKTA);

    Answer refused =
        as("payments")
            .post("/api/v1/rotations/" + rejected.text("/rotationId") + "/" + action, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("REJECTED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"confirm", "revert"})
  void withoutAnOlderOneThereIsNothingToConfirmOrRevert(String action) {
    Answer refused = as("payments").post(rotationPath(older) + "/" + action, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(texts(refused.body().at("/possible"))).containsExactly("reissue");
  }

  @Test
  void aCredentialThatIsEndingIsNotRotated() {
    Answer newer = rotate("{}");
    confirm(newer, "{\"graceSeconds\":3600}");

    Answer refused = rotate("{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void thatTheSecretWasWrittenOutIsNoted() {
    Answer newer = rotate("{}");

    await().until(() -> !rotationOf(newer).text("/deliveredAt").isEmpty());
  }

  private Answer rotate(String body) {
    return rotate(UUID.randomUUID().toString(), body);
  }

  private Answer rotate(String key, String body) {
    return rotateOf(older, key, body);
  }

  private Answer rotateOf(Answer credential, String key, String body) {
    return as("payments")
        .with("Idempotency-Key", key)
        .post(CHECKOUT + "/" + credential.text("/id") + "/rotate", body);
  }

  private Answer confirm(Answer newer, @Nullable String body) {
    return as("payments").post(rotationPath(newer) + "/confirm", body);
  }

  private static String rotationPath(Answer minted) {
    return "/api/v1/rotations/" + minted.header("Rekey-Rotation-Id");
  }

  private Answer rotationOf(Answer minted) {
    return as("payments").get(rotationPath(minted));
  }

  private String failureOf(Answer minted) {
    return rotationOf(minted).text("/retirements/0/lastFailure");
  }

  private Answer inventory(Answer minted) {
    return as("payments").get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"));
  }

  private String statusOf(Answer minted) {
    return inventory(minted).text("/status");
  }

  private static boolean isValid(Answer minted) {
    return control().isValid(minted.text("/client_id"), minted.text("/client_secret"));
  }

  private void awaitEnd(Answer minted) {
    await()
        .untilAsserted(
            () -> {
              assertThat(control().live()).doesNotContain(minted.text("/id"));
              assertThat(statusOf(minted)).isEqualTo("RETIRED");
            });
  }

  private static void itsTimeHasCome() {
    execute(
        "update retirement set due_at = now(), next_try_at = now(), quiet_seconds = quiet_seconds"
            + " where done_at is null");
  }

  private static List<String> possible(Answer rotation) {
    return texts(rotation.body().at("/possible"));
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static List<String> eventsOf(Answer minted) {
    return query(
            "select type || ' ' || actor_kind as event from audit_event"
                + " where rotation_id = ?::uuid order by occurred_at, id",
            minted.header("Rekey-Rotation-Id"))
        .stream()
        .map(row -> (String) row.get("event"))
        .toList();
  }
}
