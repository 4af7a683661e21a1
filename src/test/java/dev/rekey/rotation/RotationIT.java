package dev.rekey.rotation;

import static dev.rekey.run.Control.retryAfter;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rotating a connector's credential. */
class RotationIT extends RekeyIT {

  @Test
  void aRotationDeliversAValidSecretAndIsRecorded() {
    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(
            control()
                .isValid(
                    answer.text("/credential/clientId"), answer.text("/credential/clientSecret")))
        .isTrue();
    assertThat(events()).containsExactly("rotation.requested", "rotation.succeeded");
    var credential =
        as("payments").get("/api/v1/credentials/" + answer.header("Rekey-Credential-Id"));
    assertThat(credential.text("/upstreamId")).isEqualTo(answer.text("/credential/id"));
    assertThat(credential.text("/origin")).isEqualTo("MINTED");
    assertThat(credential.text("/status")).isEqualTo("ACTIVE");
    assertThat(credential.text("/expiresAt")).isNotEmpty();
    assertThat(credential.text("/rotationId")).isEqualTo(answer.header("Rekey-Rotation-Id"));
  }

  @Test
  void theResponseHasTheUpstreamsFormatAndMustNotBeCached() {
    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.body().propertyNames()).containsExactly("credential");
    assertThat(answer.body().at("/credential").propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "appId",
            "connectorId",
            "clientId",
            "clientSecret",
            "displayName",
            "createdAt",
            "updatedAt",
            "expiresTime",
            "lastUsedAt",
            "deletedAt");
    assertThat(answer.text("/credential/displayName")).isEmpty();
    assertThat(answer.body().at("/credential/lastUsedAt").isNull()).isTrue();
    assertThat(answer.text("/credential/createdAt")).matches(".*\\.\\d{9}Z");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void theOlderRouteHasTheSecretAtTheTopLevelOnly() {
    Answer answer = as("payments").post("/api/v1/apps/crm/connectors/okta/credentials", "{}");

    assertThat(answer.body().propertyNames())
        .containsExactlyInAnyOrder("credential", "clientSecret");
    assertThat(answer.body().at("/credential").has("clientSecret")).isFalse();
    assertThat(control().isValid(answer.text("/credential/clientId"), answer.text("/clientSecret")))
        .isTrue();
  }

  @Test
  void theOlderRouteNeedsNoBody() {
    assertThat(as("payments").post("/api/v1/apps/crm/connectors/okta/credentials", null).status())
        .isEqualTo(200);
  }

  @Test
  void snakeCaseIsAcceptedAsAtTheUpstream() {
    assertThat(as("payments").post(ROTATE, json("app_id", "crm", "connector_id", "okta")).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'appId':'crm'}",
        "{'connectorId':'okta'}",
        "{'appId':'','connectorId':'okta'}",
        "{'appId':null,'connectorId':'okta'}"
      })
  void aRotationWithoutBothIdsIsRefusedAndNotSent(String body) {
    Answer answer = as("payments").post(ROTATE, body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("is required");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
    assertThat(control().calls()).isEmpty();
    assertThat(events()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "status, 400, 400, upstream-refused, REJECTED, 3",
    "status, 404, 404, upstream-refused, REJECTED, 5",
    "status, 409, 409, upstream-refused, REJECTED, 6",
    "status, 422, 422, upstream-refused, REJECTED, 3",
    "status, 405, 502, upstream-refused, REJECTED, 9",
    "status, 501, 502, upstream-refused, REJECTED, 9",
    "status, 401, 502, upstream-denied-us, REJECTED, 13",
    "status, 403, 502, upstream-denied-us, REJECTED, 13",
    "status, 429, 429, upstream-rate-limited, REJECTED, 8",
    "status, 408, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "status, 499, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "status, 500, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "status, 502, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "status, 503, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "status, 504, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "redirect, 0, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "reset-before, 0, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "reset-after, 0, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "garbage, 0, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "no-secret, 0, 504, rotation-outcome-unknown, UNKNOWN, 2",
    "huge, 0, 504, rotation-outcome-unknown, UNKNOWN, 2"
  })
  void everyKindOfEvidenceHasItsOutcome(
      String fault, int upstreamStatus, int status, String problem, String state, int grpcCode) {
    control().fault("conductorone", "rotate", fault, status(upstreamStatus), retryAfter(7));

    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text("/type")).isEqualTo("/problems/" + problem);
    assertThat(answer.body().at("/code").asInt()).isEqualTo(grpcCode);
    assertThat(answer.text("/message")).isEqualTo(answer.text("/detail")).isNotEmpty();
    assertThat(answer.header("x-should-retry"))
        .isEqualTo(problem.equals("upstream-rate-limited") ? null : "false");
    assertThat(answer.header("Retry-After")).isEqualTo(upstreamStatus == 429 ? "7" : null);
    var rotation = as("payments").get("/api/v1/rotations/" + answer.text("/rotationId"));
    assertThat(rotation.text("/state")).isEqualTo(state);
    assertThat(rotation.body().at("/attempts").size()).isEqualTo(1);
    assertThat(rotation.text("/attempts/0/state")).isEqualTo(state);
    assertThat(events())
        .containsExactly("rotation.requested", "rotation." + state.toLowerCase(Locale.ROOT));
  }

  @Test
  void anUnknownOutcomeHasTheLocationOfTheRotation() {
    control().fault("conductorone", "rotate", "reset-after");

    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.header("Location"))
        .isEqualTo("/api/v1/rotations/" + answer.header("Rekey-Rotation-Id"));
    assertThat(as("payments").get(answer.header("Location")).text("/state")).isEqualTo("UNKNOWN");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void withoutATokenNothingIsSentAndRepeatingIsSafe() {
    control().revokeTokens();
    control().fault("conductorone", "token", "status", status(503));

    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-unavailable");
    assertThat(answer.header("x-should-retry")).isNull();
    assertThat(control().mints()).isEmpty();
    assertThat(events()).containsExactly("rotation.requested", "rotation.not-attempted");
    control().clearFaults();
    assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void aReplacedCredentialIsRetired() {
    String first = as("payments").post(ROTATE, OKTA).header("Rekey-Credential-Id");
    String second = as("payments").post(ROTATE, OKTA).header("Rekey-Credential-Id");

    await()
        .untilAsserted(
            () -> {
              Answer old = as("payments").get("/api/v1/credentials/" + first);
              assertThat(old.text("/status")).isEqualTo("RETIRED");
              assertThat(old.text("/replacedBy")).isEqualTo(second);
            });
  }

  @Test
  void theOldCredentialOfAnAdditiveUpstreamStaysActive() {
    control().mode("additive");
    String first = as("payments").post(ROTATE, OKTA).header("Rekey-Credential-Id");
    as("payments").post(ROTATE, OKTA);

    awaitFollowUps();

    assertThat(control().calls("get")).isPositive();
    assertThat(as("payments").get("/api/v1/credentials/" + first).text("/status"))
        .isEqualTo("ACTIVE");
  }

  @Test
  void afterConcurrentRotationsTheInventoryShowsTheValidCredential() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        threads.execute(() -> as("payments").post(ROTATE, OKTA));
      }
    }
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();

    var active =
        query(
                "select upstream_id from credential where status = 'ACTIVE' and subject = ?",
                OKTA_SUBJECT)
            .stream()
            .map(row -> row.get("upstream_id"))
            .toList();
    assertThat(active).hasSize(1);
    assertThat(control().live()).contains((String) active.getFirst());
  }

  @Test
  void concurrentDeliveriesAreAllRecorded() {
    String build = "delivered-" + UUID.randomUUID();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        String name = build + "-" + i;
        threads.execute(() -> as("payments").post(CHECKOUT, json("name", name)));
      }
    }

    await()
        .untilAsserted(
            () ->
                assertThat(
                        query(
                            "select 1 from rotation where name like ? and delivered_at >="
                                + " closed_at",
                            build + "%"))
                    .hasSize(30));
  }

  @Test
  void aPredecessorThatCouldNotBeReadIsReadAfterTheNextRotation() {
    String first = as("payments").post(ROTATE, OKTA).header("Rekey-Credential-Id");
    awaitFollowUps();
    control().fault("conductorone", "get", "status", status(500));
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    control().clearFaults();
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();

    assertThat(as("payments").get("/api/v1/credentials/" + first).text("/status"))
        .isEqualTo("RETIRED");
  }

  @Test
  void aClientsRetryDoesNotMintAgain() {
    String rotation = as("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id");

    Answer answer = as("payments").with("x-stainless-retry-count", "1").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Location")).isEqualTo("/api/v1/rotations/" + rotation);
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aClientsRetryAfterARejectionMints() {
    control().fault("keycard", "create", "status", status(429), times(1));
    String body = json("name", requestId);
    as("payments").post(CHECKOUT, body);

    Answer answer = as("payments").with("x-stainless-retry-count", "1").post(CHECKOUT, body);

    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void aCredentialsMetadataIsReadFromTheUpstreamAndRefreshed() {
    Answer minted = as("payments").post(ROTATE, OKTA);
    String id = minted.text("/credential/id");
    control().touch(id);

    Answer read = as("payments").get("/api/v1/apps/crm/connectors/okta/credentials/" + id);

    assertThat(read.status()).isEqualTo(200);
    assertThat(read.text("/credential/lastUsedAt")).isNotEmpty();
    assertThat(read.body().at("/credential/clientSecret").asString("?")).isEmpty();
    assertThat(
            as("payments")
                .get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"))
                .text("/lastUsedAt"))
        .isNotEmpty();
  }

  @Test
  void aRevokeIsRecordedAndCanBeRepeated() {
    String id = as("payments").post(ROTATE, OKTA).text("/credential/id");
    String path = "/api/v1/apps/crm/connectors/okta/credentials/" + id;

    Answer first = as("payments").post(path, "{}");
    Answer again = as("payments").post(path, null);

    assertThat(List.of(first.status(), again.status())).containsOnly(200);
    assertThat(first.raw().body()).isEqualTo("{}");
    assertThat(control().live()).doesNotContain(id);
    assertThat(events())
        .containsExactly(
            "rotation.requested",
            "rotation.succeeded",
            "credential.revoke.requested",
            "credential.revoke.succeeded",
            "credential.revoke.requested",
            "credential.revoke.succeeded");
  }

  @Test
  void anUnknownCredentialIsNotFoundAndBecomesMissing() {
    Answer minted = as("payments").post(ROTATE, OKTA);
    control().reset();

    Answer read =
        as("payments")
            .get("/api/v1/apps/crm/connectors/okta/credentials/" + minted.text("/credential/id"));

    assertThat(read.status()).isEqualTo(404);
    assertThat(
            as("payments")
                .get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"))
                .text("/status"))
        .isEqualTo("MISSING");
  }

  @Test
  void aHangingRotationIsAnsweredInTime() {
    control().fault("conductorone", "rotate", "hang");
    long start = System.nanoTime();

    Answer answer = as("payments").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(504);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(45));
    assertThat(events()).containsExactly("rotation.requested", "rotation.unknown");
  }
}
