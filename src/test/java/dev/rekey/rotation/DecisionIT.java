package dev.rekey.rotation;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A Keycard credential that can be rotated, and what can be decided about its rotation. */
abstract class DecisionIT extends RekeyIT {

  /** The old credential is retired at once, even if it is in use. */
  static final String AT_ONCE = json("graceSeconds", 0, "force", true);

  /** The old credential is retired after an hour, even if it is in use. */
  static final String IN_AN_HOUR = json("graceSeconds", 3600, "force", true);

  @Autowired Retirements retirements;

  Answer old;

  @BeforeEach
  void createOld() {
    old = as("payments").post(CHECKOUT, json("name", "build", "description", "nightly"));
    assertThat(old.status()).isEqualTo(201);
  }

  Answer rotate(String body) {
    return rotate(UUID.randomUUID().toString(), body);
  }

  Answer rotate(String key, String body) {
    return rotate(old, key, body);
  }

  Answer rotate(Answer credential, String key, String body) {
    return rotate(credential.text("/id"), key, body);
  }

  Answer rotate(String credential, String key, String body) {
    return as("payments")
        .with("Idempotency-Key", key)
        .post(CHECKOUT + "/" + credential + "/rotate", body);
  }

  Answer confirm(Answer minted, @Nullable String body) {
    return decide("confirm", minted, body);
  }

  Answer revert(Answer minted, @Nullable String body) {
    return decide("revert", minted, body);
  }

  Answer reissue(Answer minted, @Nullable String body) {
    return decide("reissue", minted, body);
  }

  Answer decide(String action, Answer minted, @Nullable String body) {
    return as("payments").post(rotationPath(minted) + "/" + action, body);
  }

  static String rotationPath(Answer minted) {
    return "/api/v1/rotations/" + minted.header("Rekey-Rotation-Id");
  }

  Answer rotationOf(Answer minted) {
    return as("payments").get(rotationPath(minted));
  }

  String failureOf(Answer minted) {
    return rotationOf(minted).text("/retirements/0/lastFailure");
  }

  Answer inventory(Answer minted) {
    return as("payments").get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"));
  }

  String statusOf(Answer minted) {
    return inventory(minted).text("/status");
  }

  static boolean isValid(Answer minted) {
    return control().isValid(minted.text("/client_id"), minted.text("/client_secret"));
  }

  void awaitRetired(Answer minted) {
    await()
        .untilAsserted(
            () -> {
              assertThat(control().live()).doesNotContain(minted.text("/id"));
              assertThat(statusOf(minted)).isEqualTo("RETIRED");
            });
  }

  /** Makes every open retirement due, and runs the job. */
  void retireNow() {
    execute("update retirement set due_at = now(), next_try_at = now() where done_at is null");
    retirements.sweep();
  }

  List<String> possible(Answer minted) {
    return texts(rotationOf(minted).body().at("/possible"));
  }

  static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  static void assertRefused(Answer refused, String... possible) {
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(texts(refused.body().at("/possible"))).containsExactly(possible);
  }

  /** The types and actors of the rotation's events, oldest first. */
  static List<String> eventsOf(Answer minted) {
    return query(
            "select type || ' ' || actor_kind as event from audit_event"
                + " where rotation_id = ?::uuid order by occurred_at, id",
            minted.header("Rekey-Rotation-Id"))
        .stream()
        .map(row -> (String) row.get("event"))
        .toList();
  }
}
