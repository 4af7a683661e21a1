package dev.rekey.rotation;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sandbox.Sandbox;

/** Removing the credential with which Rekey itself logs in. */
class OwnLoginIT extends DecisionIT {

  private static final String OKTA_CREDENTIALS = "/api/v1/apps/crm/connectors/okta/credentials";
  private static final String FORCE = json("force", true);

  @AfterEach
  void endOwnLogins() {
    execute(
        "update credential set client_id = upstream_id where client_id in (?, ?)",
        Sandbox.KEYCARD_CLIENT_ID,
        Sandbox.CONDUCTORONE_CLIENT_ID);
  }

  @Test
  void theInventoryMarksIt() {
    assertThat(inventory(old).body().at("/ownLogin").asBoolean(true)).isFalse();

    useAsLogin(old);

    assertThat(inventory(old).body().at("/ownLogin").asBoolean()).isTrue();
    assertThat(
            as("payments")
                .get("/api/v1/credentials?q=" + old.text("/id"))
                .body()
                .at("/items/0/ownLogin")
                .asBoolean())
        .isTrue();
  }

  @Test
  void deletingItNeedsAnAdminAndForce() {
    useAsLogin(old);
    String path = CHECKOUT + "/" + old.text("/id");

    assertForceRequired(suffix -> suffix.from(this).delete(path + suffix.query()));

    assertThat(control().calls("delete")).isEqualTo(1);
    assertThat(isValid(old)).isFalse();
  }

  @Test
  void deletingItNeedsForceIfTheInventoryDoesNotHaveIt() {
    String id = keycardDirectly().post(CHECKOUT, json("name", "unknown")).text("/id");
    String path = CHECKOUT + "/" + id;
    control().fault("keycard", "get", "status", status(500));
    Answer unread = as("payments").delete(path);
    control().clearFaults();
    control().respond("keycard", "get", 200, credential(id, Sandbox.KEYCARD_CLIENT_ID));

    assertThat(unread.text("/type")).isEqualTo("/problems/upstream-unavailable");
    assertForceRequired(suffix -> suffix.from(this).delete(path + suffix.query()));

    assertThat(control().calls("delete")).isEqualTo(1);
    assertThat(control().live()).doesNotContain(id);
  }

  @Test
  void revokingItNeedsAnAdminAndForce() {
    String id = rotateOktaIntoLogin();
    assertThat(
            as("payments")
                .get("/api/v1/credentials?q=" + id)
                .body()
                .at("/items/0/ownLogin")
                .asBoolean())
        .isTrue();

    assertForceRequired(
        suffix -> suffix.from(this).post(OKTA_CREDENTIALS + "/" + id + suffix.query(), "{}"));

    assertThat(control().calls("revoke")).isEqualTo(1);
    assertThat(control().live()).doesNotContain(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {ROTATE, OKTA_CREDENTIALS})
  void aRotationThatMayRevokeItNeedsAnAdminAndForce(String path) {
    rotateOktaIntoLogin();
    String body = path.equals(ROTATE) ? OKTA : "{}";

    assertForceRequired(suffix -> suffix.from(this).post(path + suffix.query(), body));

    assertThat(control().calls("rotate")).isEqualTo(2);
  }

  @Test
  void confirmingItsReplacementNeedsAnAdminAndForce() {
    Answer minted = rotate("{}");
    useAsLogin(old);

    assertForceRequired(
        suffix -> suffix.from(this).post(rotationPath(minted) + "/confirm", suffix.body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"revert", "reissue"})
  void givingItUpNeedsAnAdminAndForce(String action) {
    Answer minted = rotate("{}");
    useAsLogin(minted);

    assertForceRequired(
        suffix -> suffix.from(this).post(rotationPath(minted) + "/" + action, suffix.body()));
  }

  @Test
  void aReissueThatMayRevokeItNeedsAnAdminAndForce() {
    String other = as("payments").post(ROTATE, OKTA).text("/credential/id");
    Answer minted = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    // As if the upstream had not revoked it.
    execute(
        "update credential set client_id = ?, status = 'ACTIVE' where upstream_id = ?",
        Sandbox.CONDUCTORONE_CLIENT_ID,
        other);

    assertForceRequired(
        suffix -> suffix.from(this).post(rotationPath(minted) + "/reissue", suffix.body()));

    assertThat(control().calls("rotate")).isEqualTo(3);
  }

  @Test
  void theJobWaitsUntilRekeyLogsInWithAnotherOne() {
    Answer minted = rotate("{}");
    confirm(minted, IN_AN_HOUR);
    useAsLogin(old);

    retireNow();
    assertThat(isValid(old)).isTrue();
    assertThat(failureOf(minted)).isEqualTo("Rekey itself logs in with it");

    endOwnLogins();
    retireNow();
    assertThat(isValid(old)).isFalse();
  }

  @Test
  void theFirstUseOfItsReplacementWaitsToo() {
    Answer minted = rotate(json("confirmOnFirstUse", true));
    useAsLogin(old);
    control().touch(minted.text("/id"));

    checkFirstUses();
    assertThat(rotationOf(minted).text("/confirmedAt")).isEmpty();

    endOwnLogins();
    checkFirstUses();
    assertThat(rotationOf(minted).text("/confirmedAt")).isNotEmpty();
  }

  private void checkFirstUses() {
    execute("update rotation set next_look_at = now() where next_look_at is not null");
    retirements.sweep();
  }

  /** The client that sends a request, and whether it sends force. */
  private record Sent(String client, boolean force) {

    Http from(OwnLoginIT test) {
      return test.as(client);
    }

    String query() {
      return force ? "?force=true" : "";
    }

    String body() {
      return force ? FORCE : "{}";
    }
  }

  private static void assertForceRequired(Function<Sent, Answer> request) {
    assertThat(request.apply(new Sent("payments", false)).text("/type"))
        .isEqualTo("/problems/own-login");
    assertThat(request.apply(new Sent("admin", false)).status()).isEqualTo(409);
    Answer forcedByTeam = request.apply(new Sent("payments", true));
    assertThat(forcedByTeam.status()).isEqualTo(403);
    assertThat(forcedByTeam.text("/type")).isEqualTo("/problems/insufficient-scope");
    assertThat(request.apply(new Sent("admin", true)).status()).isBetween(200, 299);
  }

  /** Has Keycard list a credential under the client id with which Rekey logs in. */
  private void useAsLogin(Answer minted) {
    String id = minted.text("/id");
    control().respond("keycard", "get", 200, credential(id, Sandbox.KEYCARD_CLIENT_ID), times(1));
    assertThat(as("payments").get(CHECKOUT + "/" + id).status()).isEqualTo(200);
  }

  private static String credential(String id, String clientId) {
    return json("id", id, "client_id", clientId, "name", "build");
  }

  /** Rotates the connector; returns the new credential, with which Rekey then logs in. */
  private String rotateOktaIntoLogin() {
    String id = as("payments").post(ROTATE, OKTA).text("/credential/id");
    awaitFollowUps();
    control()
        .respond(
            "conductorone",
            "get",
            200,
            "{\"credential\":" + json("id", id, "clientId", Sandbox.CONDUCTORONE_CLIENT_ID) + "}",
            times(1));
    assertThat(as("payments").get(OKTA_CREDENTIALS + "/" + id).status()).isEqualTo(200);
    return id;
  }
}
