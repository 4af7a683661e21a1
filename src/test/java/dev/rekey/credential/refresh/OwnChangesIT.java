package dev.rekey.credential.refresh;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.credential.DriftDetector;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Rekey's own mutations are not reported as drift, and hide no drift. */
class OwnChangesIT extends RefreshIT {

  @Autowired private DriftDetector drift;

  @Test
  void unmanagedMintIsReportedThoughRekeyRenamedItFirst() {
    String id = mintOutsideRekey("theirs");
    rename(id, "ours");

    refresh();

    assertThat(typesOf(id))
        .containsExactly("credential.unmanaged-mint", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "ours").containsEntry("status", "ACTIVE");
  }

  @Test
  void missingCredentialReappearsWhenRekeyRenamesIt() {
    String id = mint("away");
    execute("update credential set status = 'MISSING' where upstream_id = ?", id);
    rename(id, "back");

    refresh();

    assertThat(typesOf(id))
        .containsExactly(
            "rotation.succeeded", "credential.reappeared", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "back").containsEntry("status", "ACTIVE");
  }

  @Test
  void readDuringARenameRecordsNothing() {
    String id = mint("first");
    execute(
        "update credential set observed_at = observed_at - interval '2 min' where upstream_id = ?",
        id);
    long before = control().calls("update");
    control().fault("keycard", "update", "delay", delayMs(1_000), times(1));
    var rename = CompletableFuture.runAsync(() -> rename(id, "second"), VIRTUAL_THREADS);
    await().until(() -> control().calls("update") > before);

    as("payments").get(CHECKOUT + "/" + id);
    Instant meanwhile = Instant.now();
    rename.join();
    drift.read(CHECKOUT_SUBJECT, reported(id, "first", null), meanwhile);
    refresh();

    assertThat(row(id)).containsEntry("display_name", "second");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.update.succeeded");
  }

  @Test
  void deletionThroughRekeyIsNotMissing() {
    String id = mint("ended");
    as("payments").delete(CHECKOUT + "/" + id);

    refresh();

    assertThat(row(id)).containsEntry("status", "RETIRED");
    assertThat(typesOf(id)).doesNotContain("credential.missing");
  }

  @Test
  void deletionOfAnUnknownCredentialThroughRekeyIsNoDrift() {
    String id = mintOutsideRekey("unseen");
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    as("payments").delete(CHECKOUT + "/" + id);
    control().fault("keycard", "list", "stale", delayMs(900));

    as("payments").get(CHECKOUT);
    control().clearFaults();
    refresh();

    assertThat(typesOf(id)).containsExactly("credential.delete.succeeded");
  }

  @Test
  void mintOfUnknownOutcomeIsNotDiscovered() {
    control().fault("keycard", "create", "reset-after", times(1));
    Answer unknown = as("payments").post(CHECKOUT, json("name", "unsure"));
    assertThat(unknown.status()).isEqualTo(504);
    String id = control().mints().getLast();

    refresh();

    assertThat(typesOf(id)).isEmpty();
    assertThat(query("select 1 from credential where upstream_id = ?", id)).isEmpty();
  }

  @Test
  void renameOfUnknownOutcomeIsNoDrift() {
    String id = mint("old");
    control().fault("keycard", "update", "reset-after", times(1));
    rename(id, "new");

    refresh();

    assertThat(typesOf(id)).doesNotContain("credential.changed");
  }

  @Test
  void laggingListDoesNotUndoARename() {
    String id = mint("first");
    refresh();
    rename(id, "second");
    control().fault("keycard", "list", "stale", delayMs(3_000));

    as("payments").get(CHECKOUT);
    refresh();

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "second");
  }

  @Test
  void driftIsReportedThoughRekeyChangedAnotherField() {
    String id = mint("mine");
    renameOutsideRekey(id, "theirs");
    as("payments").send("PATCH", CHECKOUT + "/" + id, json("description", "ours"));

    refresh();

    assertThat(typesOf(id))
        .containsExactly("rotation.succeeded", "credential.update.succeeded", "credential.changed");
    assertThat(changesOf(id, "credential.changed")).contains("theirs").doesNotContain("ours");
  }

  @Test
  void tagOfARejectedAttemptHidesNothing() {
    control().fault("keycard", "create", "status", status(400), times(1));
    as("payments").post(CHECKOUT, json("name", "refused"));
    String attempt =
        String.valueOf(
            query("select id from rotation_attempt where state = 'REJECTED' order by id desc")
                .getFirst()
                .get("id"));
    String tagged = mintOutsideRekeyWithTag(attempt);

    refresh();

    assertThat(typesOf(tagged)).containsExactly("credential.unmanaged-mint");
  }

  @Test
  void tagOfANotAppliedAttemptHidesACredentialForADay() {
    String younger = notAppliedAttempt(Duration.ofHours(23));
    String older = notAppliedAttempt(Duration.ofHours(25));
    String hidden = mintOutsideRekeyWithTag(younger);
    String shown = mintOutsideRekeyWithTag(older);

    refresh();

    assertThat(typesOf(hidden)).isEmpty();
    assertThat(typesOf(shown)).containsExactly("credential.unmanaged-mint");
  }

  private String notAppliedAttempt(Duration ago) {
    control().fault("keycard", "create", "reset-before", times(1));
    String rotation =
        as("payments").post(CHECKOUT, json("name", "lost " + ago)).text("/rotationId");
    execute("update rotation set state = 'NOT_APPLIED' where id = ?::uuid", rotation);
    execute(
        "update rotation_attempt set state = 'NOT_APPLIED', next_check_at = null,"
            + " lease_until = now() - ? * interval '1 s' where rotation_id = ?::uuid",
        ago.toSeconds(),
        rotation);
    return String.valueOf(
        query("select id from rotation_attempt where rotation_id = ?::uuid", rotation)
            .getFirst()
            .get("id"));
  }

  private static String mintOutsideRekeyWithTag(String attempt) {
    return keycardDirectly()
        .post(CHECKOUT, json("name", "ghost", "description", "x [rekey:" + attempt + "]"))
        .text("/id");
  }

  @Test
  void credentialThatARotationReplacedIsRetiredAndNotMissing() {
    String old = rotateOkta();
    control().fault("conductorone", "get", "status", status(500));
    rotateOkta();
    awaitFollowUps();
    control().clearFaults();
    assertThat(row(old)).containsEntry("status", "ACTIVE");

    refresh();

    assertThat(row(old)).containsEntry("status", "RETIRED");
    assertThat(row(old).get("replaced_by")).isNotNull();
    assertThat(typesOf(old)).doesNotContain("credential.missing");
  }

  @Test
  void credentialThatAResolvedRotationReplacedIsRetiredAndNotMissing() {
    String old = rotateOkta();
    control().fault("conductorone", "rotate", "reset-after", times(1));
    String unknown = as("payments").post(ROTATE, OKTA).text("/rotationId");
    awaitFollowUps();
    as("admin").post("/api/v1/rotations/" + unknown + "/resolve", json("reason", "checked"));

    refresh();

    assertThat(row(old)).containsEntry("status", "RETIRED");
    assertThat(typesOf(old)).doesNotContain("credential.missing");
  }

  @Test
  void credentialSeenAfterARotationAndRevokedLaterIsMissing() {
    control().mode("additive");
    String old = rotateOkta();
    rotateOkta();
    awaitFollowUps();
    revokeOutsideRekey(old);

    refresh();

    assertThat(row(old)).containsEntry("status", "MISSING");
    assertThat(typesOf(old)).endsWith("credential.missing");
  }
}
