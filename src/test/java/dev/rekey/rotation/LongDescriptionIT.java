package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Descriptions that have no room beside the tag of the attempt that made the credential. */
class LongDescriptionIT extends RekeyIT {

  private static final String LONGEST = "nightly build ".repeat(36).substring(0, 500);

  @Autowired private Reconciler reconciler;

  @ParameterizedTest
  @ValueSource(ints = {454, 455, 500})
  void aNewCredentialHasItsWholeDescription(int length) {
    String description = LONGEST.substring(0, length - 1) + "!";

    Answer created = create(description);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("/description")).isEqualTo(description);
    assertThat(atKeycard(created)).isEqualTo(length == 454 ? tagged(description) : description);
    assertThat(as("payments").get(CHECKOUT + "/" + created.text("/id")).text("/description"))
        .isEqualTo(description);
    assertThat(inventory(created).text("/description")).isEqualTo(description);
    assertThat(control().mints()).hasSize(1);
    assertThat(events()).containsExactly("rotation.requested", "rotation.succeeded");
  }

  private String tagged(String description) {
    return description
        + " [rekey:"
        + query(
                "select a.id from rotation_attempt a join rotation r on r.id = a.rotation_id"
                    + " where r.request_id = ?",
                requestId)
            .getFirst()
            .get("id")
        + "]";
  }

  @Test
  void aDescriptionMayBecomeLongAndShortAgain() {
    Answer created = create("short");
    String path = CHECKOUT + "/" + created.text("/id");

    Answer longer = as("payments").send("PATCH", path, json("description", LONGEST));
    String stored = atKeycard(created);
    Answer shorter = as("payments").send("PATCH", path, json("description", "short"));

    assertThat(longer.status()).isEqualTo(200);
    assertThat(longer.text("/description")).isEqualTo(LONGEST);
    assertThat(stored).isEqualTo(LONGEST);
    assertThat(shorter.text("/description")).isEqualTo("short");
    assertThat(inventory(created).text("/description")).isEqualTo("short");
  }

  @Test
  void aRotationCopiesALongDescription() {
    Answer old = create(LONGEST);

    Answer made = keyed("payments").post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/description")).isEqualTo(LONGEST);
    assertThat(atKeycard(made)).isEqualTo(LONGEST);
  }

  @Test
  void aReissueCopiesALongDescription() {
    Answer lost = create(LONGEST);

    Answer made =
        as("payments")
            .post("/api/v1/rotations/" + lost.header("Rekey-Rotation-Id") + "/reissue", "{}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(atKeycard(made.text("/upstreamId"))).isEqualTo(LONGEST);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409, 500, 503})
  void aCredentialThatCannotBeDescribedIsRemoved(int status) {
    control().fault("keycard", "update", "status", status(status), times(1));
    String key = UUID.randomUUID().toString();
    var caller = as("payments").with("Idempotency-Key", key);

    Answer failed = caller.post(CHECKOUT, json("name", "build", "description", LONGEST));
    Answer again = caller.post(CHECKOUT, json("name", "build", "description", LONGEST));

    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.text("/code")).isEqualTo("upstream-unavailable");
    assertThat(failed.header("x-should-retry")).isNull();
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header("Rekey-Rotation-Id")).isEqualTo(failed.text("/rotationId"));
    assertThat(control().mints()).hasSize(2);
    assertThat(control().live()).doesNotContain(control().mints().getFirst());
    assertThat(events()).startsWith("rotation.requested", "rotation.compensated");
  }

  @Test
  void aCredentialThatKeycardDoesNotKnowYetIsRemovedLater() {
    control().fault("keycard", "update", "status", status(404), times(1));
    control().fault("keycard", "delete", "status", status(404), times(1));

    Answer unknown = create(LONGEST);

    assertThat(unknown.status()).isEqualTo(504);
    sweepUntil(unknown.text("/rotationId"), "ORPHAN_REMOVED");
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aResponseAboutAnotherCredentialCompletesNothing() {
    control().respond("keycard", "update", 200, "{\"id\":\"another\"}", times(1));

    Answer failed = create(LONGEST);

    assertThat(failed.status()).isEqualTo(503);
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aDescriptionThatKeycardRefusesIsRefused() {
    control().fault("keycard", "update", "status", status(422));

    Answer failed = create(LONGEST);

    assertThat(failed.status()).isEqualTo(422);
    assertThat(failed.text("/code")).isEqualTo("upstream-refused");
    assertThat(failed.header("x-should-retry")).isEqualTo("false");
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aLostMintIsFoundByItsTag() {
    control().fault("keycard", "create", "reset-after", times(1));
    Answer unknown = create(LONGEST);
    assertThat(unknown.status()).isEqualTo(504);

    sweepUntil(unknown.text("/rotationId"), "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset-before", "reset-after", "garbage"})
  void aCredentialWithoutItsTagIsFoundByTheIdThatItsAttemptRecorded(String fault) {
    control().fault("keycard", "update", fault, times(1));
    control().fault("keycard", "delete", "status", status(500));
    Answer unknown = create(LONGEST);
    String orphan = control().mints().getFirst();
    assertThat(unknown.status()).isEqualTo(504);

    Answer list = as("payments").get(CHECKOUT);
    Answer adopted =
        as("payments")
            .post(
                "/api/v1/credentials",
                json(
                    "upstream",
                    "keycard",
                    "subject",
                    "organizations/acme/service-accounts/checkout",
                    "upstreamId",
                    orphan));

    assertThat(list.raw().body()).contains(orphan);
    assertThat(adopted.text("/code")).isEqualTo("wrong-state");
    assertThat(query("select 1 from credential where upstream_id = ?", orphan)).isEmpty();
    control().clearFaults();
    sweepUntil(unknown.text("/rotationId"), "ORPHAN_REMOVED");
    assertThat(control().live()).doesNotContain(orphan);
  }

  @Test
  void anotherReplicaRemovesWhatAStoppedOneDidNotDescribe() {
    control().fault("keycard", "update", "delay", delayMs(2000));
    var call = CompletableFuture.supplyAsync(() -> create(LONGEST));
    await().until(() -> control().served("update") == 1);
    execute(
        "update rotation_attempt set lease_until = clock_timestamp() - interval '1 second'"
            + " where state = 'PENDING'");

    reconciler.sweep();

    // Keycard knows the credential no longer, which this replica cannot tell from not yet.
    Answer answer = call.join();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
    assertThat(state(answer.text("/rotationId"))).isIn("ORPHAN_REMOVED", "COMPENSATED");
  }

  @Test
  void theTagOfAnUnsettledMintStays() {
    control().fault("keycard", "create", "reset-after", times(1));
    Answer unknown = create("nightly");
    String orphan = control().mints().getFirst();

    Answer refused =
        as("payments").send("PATCH", CHECKOUT + "/" + orphan, json("description", LONGEST));
    Answer shorter =
        as("payments").send("PATCH", CHECKOUT + "/" + orphan, json("description", "weekly"));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text("/detail")).contains("454 characters");
    assertThat(shorter.status()).isEqualTo(200);
    sweepUntil(unknown.text("/rotationId"), "ORPHAN_REMOVED");
    assertThat(control().live()).doesNotContain(orphan);
  }

  private Answer create(String description) {
    return as("payments").post(CHECKOUT, json("name", "build", "description", description));
  }

  private static String atKeycard(Answer credential) {
    return atKeycard(credential.text("/id"));
  }

  private static String atKeycard(String id) {
    return keycardDirectly().get(CHECKOUT + "/" + id).text("/description");
  }

  private Answer inventory(Answer minted) {
    return as("payments").get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"));
  }

  private String state(String rotation) {
    return as("payments").get("/api/v1/rotations/" + rotation).text("/state");
  }

  private void sweepUntil(String rotation, String wanted) {
    expireLeases(rotation);
    await()
        .until(
            () -> {
              makeChecksDue();
              reconciler.sweep();
              return state(rotation).equals(wanted);
            });
  }
}
