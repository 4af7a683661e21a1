package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Settling changes of unknown outcome. The consistency window is zero here. */
class ReconcileIT extends RekeyIT {

  private static final String BUILD = json("name", "build", "description", "nightly");

  @Autowired private Reconciler reconciler;

  @ParameterizedTest
  @ValueSource(strings = {"reset-after", "garbage", "huge", "no-secret"})
  void aCredentialWhoseSecretWasNotDeliveredIsRemoved(String fault) {
    String rotation = mintWith("create", fault);
    assertThat(control().mints()).hasSize(1);

    sweepUntil(rotation, "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
    assertThat(history(rotation))
        .containsExactly(
            "rotation.requested caller",
            "rotation.unknown caller",
            "rotation.orphan-found system",
            "rotation.orphan-removed system");
    assertThat(
            query("select 1 from credential where upstream_id = ?", control().mints().getFirst()))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset-before", "status", "redirect"})
  void aMintThatMadeNothingIsNotApplied(String fault) {
    String rotation = mintWith("create", fault);

    sweepUntil(rotation, "NOT_APPLIED");

    assertThat(control().calls("list")).isGreaterThanOrEqualTo(3);
    assertThat(history(rotation)).endsWith("rotation.not-applied system");
  }

  @Test
  void anUnreadableListProvesNothing() {
    String rotation = mintWith("create", "reset-before");
    control().fault("keycard", "list", "status", status(500));

    for (int i = 0; i < 4; i++) {
      sweep();
    }

    assertThat(state(rotation)).isEqualTo("UNKNOWN");
    control().clearFaults();
    sweepUntil(rotation, "NOT_APPLIED");
  }

  @Test
  void aListWithoutAnEndProvesNothing() {
    String rotation = mintWith("create", "reset-after");
    expireLeases(id(rotation));
    // Other tests leave mints that are checked again.
    execute(
        "update rotation_attempt set next_check_at = null where rotation_id <> ?::uuid",
        id(rotation));
    long before = control().calls("list");
    control()
        .respond(
            "keycard",
            "list",
            200,
            "{\"items\":[],\"page_info\":{\"has_next_page\":true,\"end_cursor\":\"same\"}}",
            times(50));

    sweep();

    assertThat(control().calls("list") - before).isEqualTo(2);
    assertThat(state(rotation)).isEqualTo("UNKNOWN");
    control().clearFaults();
    sweepUntil(rotation, "ORPHAN_REMOVED");
  }

  @Test
  void aCredentialThatAppearsLateIsRemoved() {
    String rotation = mintWith("create", "late", delayMs(1500));
    expireLeases(id(rotation));
    for (int i = 0; i < 3; i++) {
      sweep();
    }
    assertThat(state(rotation)).isEqualTo("NOT_APPLIED");
    await().until(() -> control().mints().size() == 1);

    sweepUntil(rotation, "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aCallersListRevealsALateCredential() {
    String rotation = mintWith("create", "late", delayMs(1500));
    expireLeases(id(rotation));
    for (int i = 0; i < 3; i++) {
      sweep();
    }
    execute("update rotation_attempt set next_check_at = null where state = 'NOT_APPLIED'");
    await().until(() -> control().mints().size() == 1);

    as("payments").get(CHECKOUT);
    reconciler.sweep();

    assertThat(state(rotation)).isEqualTo("ORPHAN_REMOVED");
  }

  @Test
  void aLaggingListOnlyDelaysTheRemoval() {
    control().fault("keycard", "list", "stale", delayMs(60000), times(3));
    String rotation = mintWith("create", "reset-after");
    expireLeases(id(rotation));

    sweepUntil(rotation, "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aFailedRemovalIsRetried() {
    control().fault("keycard", "delete", "status", status(500));
    String rotation = mintWith("create", "reset-after");
    sweep();
    assertThat(state(rotation)).isEqualTo("UNKNOWN");
    control().clearFaults();

    sweepUntil(rotation, "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aCredentialWithACopiedTagIsKept() {
    String rotation = mintWith("create", "reset-after");
    execute(
        "update rotation_attempt set started_at = started_at - interval '2 days',"
            + " lease_until = lease_until - interval '2 days' where rotation_id = ?::uuid",
        id(rotation));

    sweep();
    execute(
        "update rotation_attempt set next_check_at = now() where rotation_id = ?::uuid",
        id(rotation));
    sweep();

    assertThat(state(rotation)).isEqualTo("UNKNOWN");
    assertThat(control().live()).containsAll(control().mints());
    assertThat(history(rotation))
        .endsWith("rotation.orphan-suspected system")
        .containsOnlyOnce("rotation.orphan-suspected system");
  }

  @Test
  void aDeliveredCredentialIsKept() {
    Answer delivered = as("payments").post(CHECKOUT, BUILD);
    String rotation = "/api/v1/rotations/" + delivered.header("Rekey-Rotation-Id");
    execute(
        "set session_replication_role = replica; update rotation_attempt set state = 'UNKNOWN',"
            + " next_check_at = now(), upstream_id = null where rotation_id = '"
            + id(rotation)
            + "'");

    sweep();

    assertThat(control().isValid(delivered.text("/client_id"), delivered.text("/client_secret")))
        .isTrue();
    assertThat(history(rotation)).doesNotContain("rotation.orphan-found system");
  }

  @Test
  void anUnknownRotationOfAConnectorIsSupersededByALaterOne() {
    control().fault("conductorone", "rotate", "reset-after", times(1));
    String rotation = "/api/v1/rotations/" + as("payments").post(ROTATE, OKTA).text("/rotationId");
    sweep();
    assertThat(state(rotation)).isEqualTo("UNKNOWN");

    keyed("payments").post(ROTATE, OKTA);

    assertThat(state(rotation)).isEqualTo("SUPERSEDED");
    assertThat(history(rotation)).endsWith("rotation.superseded system");
  }

  @Test
  void aConnectorsCredentialWithoutASecretIsRevokedByItsId() {
    control().fault("conductorone", "rotate", "no-secret");
    String rotation = "/api/v1/rotations/" + as("payments").post(ROTATE, OKTA).text("/rotationId");

    sweepUntil(rotation, "ORPHAN_REMOVED");

    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aListShowsAnOpenMintWithoutItsTagAndDoesNotRecordIt() {
    mintWith("create", "reset-after");
    String orphan = control().mints().getFirst();

    Answer list = as("payments").get(CHECKOUT);
    Answer read = as("payments").get(CHECKOUT + "/" + orphan);

    assertThat(list.raw().body()).contains(orphan).doesNotContain("[rekey:");
    assertThat(read.text("/description")).isEqualTo("nightly");
    assertThat(query("select 1 from credential where upstream_id = ?", orphan)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "delete, reset-after, SUCCEEDED, RETIRED",
    "delete, reset-before, NOT_APPLIED, ACTIVE",
    "update, reset-after, SUCCEEDED, ACTIVE",
    "update, reset-before, NOT_APPLIED, ACTIVE"
  })
  void aChangeWithALostResponseIsSettledByReading(
      String operation, String fault, String settled, String status) {
    String id = as("payments").post(CHECKOUT, BUILD).text("/id");
    // Rekey retries a delete, so all tries have to fail.
    control().fault("keycard", operation, fault, times(1));
    if (operation.equals("delete")) {
      control().fault("keycard", operation, "status", status(500));
      as("payments").delete(CHECKOUT + "/" + id);
    } else {
      as("payments").send("PATCH", CHECKOUT + "/" + id, json("name", "renamed"));
    }
    assertThat(changeOf(id)).isEqualTo("UNKNOWN");
    control().clearFaults();
    execute(
        "update credential_change set lease_until = clock_timestamp() where upstream_id = ?", id);

    await()
        .until(
            () -> {
              sweep();
              return changeOf(id).equals(settled);
            });

    assertThat(query("select status from credential where upstream_id = ?", id))
        .extracting(row -> row.get("status"))
        .containsExactly(status);
    assertThat(
            query(
                "select type from audit_event where upstream_id = ? and actor_kind = 'system'", id))
        .extracting(row -> row.get("type"))
        .containsExactly(
            "credential."
                + operation
                + "."
                + (settled.equals("SUCCEEDED") ? "succeeded" : "not-applied"));
  }

  @Test
  void aCreationThatIsRecordedTooLateIsRemoved() {
    var call = createThatExceedsItsLease();

    Answer answer = call.join();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("x-should-retry")).isNull();
    String rotation = "/api/v1/rotations/" + answer.text("/rotationId");
    assertThat(state(rotation)).isIn("COMPENSATED", "ORPHAN_REMOVED");
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  @Test
  void aLateCreationThatCannotBeRemovedIsLeftToTheReconciler() {
    control().fault("keycard", "delete", "status", status(400));
    var call = createThatExceedsItsLease();

    Answer answer = call.join();

    assertThat(answer.status()).isEqualTo(504);
    control().clearFaults();
    sweepUntil("/api/v1/rotations/" + answer.text("/rotationId"), "ORPHAN_REMOVED");
    assertThat(control().live()).doesNotContainAnyElementsOf(control().mints());
  }

  private CompletableFuture<Answer> createThatExceedsItsLease() {
    control().fault("keycard", "create", "delay", delayMs(2000));
    var call = CompletableFuture.supplyAsync(() -> as("payments").post(CHECKOUT, BUILD));
    await().until(() -> control().served("create") == 1);
    takeOver();
    return call;
  }

  @Test
  void aRotationThatIsRecordedTooLateIsDelivered() {
    control().fault("conductorone", "rotate", "delay", delayMs(2000));
    var call = CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA));
    await().until(() -> control().served("rotate") == 1);
    takeOver();

    Answer answer = call.join();

    assertThat(answer.status()).isEqualTo(200);
    String rotation = "/api/v1/rotations/" + answer.header("Rekey-Rotation-Id");
    assertThat(state(rotation)).isEqualTo("SUCCEEDED");
    assertThat(as("payments").get(rotation).text("/reason")).contains("lease");
    assertThat(
            control()
                .isValid(
                    answer.text("/credential/clientId"), answer.text("/credential/clientSecret")))
        .isTrue();
  }

  @Test
  void aLateRotationIsNotDeliveredAfterANewerOne() {
    control().fault("conductorone", "rotate", "delay", delayMs(3000), times(1));
    var call = CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA));
    await().until(() -> control().served("rotate") == 1);
    takeOver();

    Answer newer = keyed("payments").post(ROTATE, OKTA);
    Answer late = call.join();

    assertThat(newer.status()).isEqualTo(200);
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.raw().body()).doesNotContain("secret-token");
    // Its mint replaced the newer credential and was then revoked, so there is no orphan.
    assertThat(control().live()).doesNotContain(late.text("/credential/id"));
    assertThat(query("select 1 from rotation_attempt where state = 'PENDING'")).isEmpty();
  }

  /** Reconciles like another replica after the lease has expired. */
  private void takeOver() {
    execute(
        "update rotation_attempt set lease_until = clock_timestamp() - interval '1 second'"
            + " where state = 'PENDING'");
    reconciler.sweep();
    assertThat(query("select 1 from rotation_attempt where state = 'PENDING'")).isEmpty();
  }

  @Test
  void aConcurrentRotationOfTheSameTargetIsRefused() {
    control().fault("conductorone", "rotate", "delay", delayMs(1500));
    var first = CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA));
    await().until(() -> control().served("rotate") == 1);

    Answer second = as("payments").post(ROTATE, OKTA);

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("/type")).isEqualTo("/problems/rotation-in-progress");
    assertThat(second.header("Location"))
        .isEqualTo("/api/v1/rotations/" + first.join().header("Rekey-Rotation-Id"));
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void anUnknownOutcomeDoesNotBlockARotationWithAKey() {
    control().fault("conductorone", "rotate", "reset-before", times(1));
    as("payments").post(ROTATE, OKTA);

    assertThat(keyed("payments").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void creationsWithDifferentNamesRunConcurrently() {
    control().fault("keycard", "create", "delay", delayMs(1500), times(1));
    var first = CompletableFuture.supplyAsync(() -> as("payments").post(CHECKOUT, BUILD));
    await().until(() -> control().served("create") == 1);

    assertThat(as("payments").post(CHECKOUT, json("name", "other")).status()).isEqualTo(201);
    assertThat(as("payments").post(CHECKOUT, BUILD).status()).isEqualTo(409);
    assertThat(first.join().status()).isEqualTo(201);
  }

  private String mintWith(String operation, String fault, String... more) {
    control()
        .fault(
            "keycard",
            operation,
            fault,
            Stream.concat(Stream.of(status(502), times(1)), Stream.of(more))
                .toArray(String[]::new));
    Answer answer = as("payments").post(CHECKOUT, BUILD);
    assertThat(answer.status()).isEqualTo(504);
    return "/api/v1/rotations/" + answer.text("/rotationId");
  }

  private void sweepUntil(String rotation, String wanted) {
    expireLeases(id(rotation));
    await()
        .until(
            () -> {
              sweep();
              return state(rotation).equals(wanted);
            });
  }

  private void sweep() {
    makeChecksDue();
    reconciler.sweep();
  }

  private String state(String rotation) {
    return as("payments").get(rotation).text("/state");
  }

  private static String changeOf(String upstreamId) {
    return String.valueOf(
        query(
                "select state from credential_change where upstream_id = ?"
                    + " order by requested_at desc limit 1",
                upstreamId)
            .getFirst()
            .get("state"));
  }

  private static List<String> history(String rotation) {
    return query(
            "select type || ' ' || actor_kind as event from audit_event"
                + " where rotation_id = ?::uuid order by occurred_at, id",
            id(rotation))
        .stream()
        .map(row -> (String) row.get("event"))
        .toList();
  }

  private static String id(String rotation) {
    return rotation.substring(rotation.lastIndexOf('/') + 1);
  }
}
