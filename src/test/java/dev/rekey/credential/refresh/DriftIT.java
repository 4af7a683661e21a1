package dev.rekey.credential.refresh;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.credential.DriftDetector;
import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Changes that are made outside Rekey appear in the inventory and as audit events. */
class DriftIT extends RefreshIT {

  @Autowired private DriftDetector drift;

  @Test
  void mintOnAScannedSubjectIsUnmanaged() {
    String id = mintOutsideRekey("console");

    refresh();
    refresh();

    assertThat(typesOf(id)).containsExactly("credential.unmanaged-mint");
    assertThat(row(id)).containsEntry("origin", "DISCOVERED").containsEntry("status", "ACTIVE");
  }

  @Test
  void credentialsOfANewServiceAccountAreDiscovered() {
    control().seed(1, 2);
    long before = discoveredOf("sa-0001");

    refresh();
    refresh();

    assertThat(discoveredOf("sa-0001") - before).isEqualTo(2);
  }

  @Test
  void renamedCredentialHasChanged() {
    String id = mint("before");
    renameOutsideRekey(id, "after");

    refresh();
    refresh();

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.changed");
    assertThat(changesOf(id, "credential.changed"))
        .contains("displayName")
        .contains("before")
        .contains("after");
    assertThat(row(id)).containsEntry("display_name", "after");
  }

  @Test
  void nameThatPostgresCannotStoreHasChangedOnce() {
    String id = mint("whole");

    drift.read(CHECKOUT_SUBJECT, reported(id, "half \ud83d", null), Instant.now());
    drift.read(CHECKOUT_SUBJECT, reported(id, "half \ud83d", null), Instant.now());

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.changed");
  }

  @Test
  void useOfACredentialIsDataAndNoEvent() {
    String id = mint("used");
    control().touch(id);

    refresh();

    assertThat(row(id).get("last_used_at")).isNotNull();
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
  }

  @Test
  void deletedCredentialIsMissingOnce() {
    String id = mint("gone");
    keycardDirectly().delete(CHECKOUT + "/" + id);

    refresh();
    refresh();

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.missing");
  }

  @Test
  void missingCredentialReappearsWhenItsUpstreamHasItAgain() {
    String id = mint("lost");
    control().fault("keycard", "get", "status", status(404));
    control().fault("keycard", "list", "stale", delayMs(100_000));
    refresh();
    assertThat(row(id)).containsEntry("status", "MISSING");
    control().clearFaults();

    refresh();

    assertThat(typesOf(id))
        .containsExactly("rotation.succeeded", "credential.missing", "credential.reappeared");
    assertThat(row(id)).containsEntry("status", "ACTIVE");
  }

  @Test
  void credentialRevokedAtConductorOneIsMissing() {
    String id = rotateOkta();
    awaitFollowUps();
    control().reset();

    refresh();

    assertThat(row(id)).containsEntry("status", "MISSING");
    assertThat(typesOf(id)).endsWith("credential.missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2024-12-31T00:00:00Z"})
  void timesOutsideTheLifeOfACredentialEndNothing(String never) {
    Answer minted = as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    String id = minted.text("/credential/id");
    control()
        .respond(
            "conductorone",
            "get",
            200,
            """
            {"credential":{"id":"%s","clientId":"%s","createdAt":"%s","updatedAt":"%s",
              "lastUsedAt":"%5$s","expiresTime":"%5$s","deletedAt":"%5$s"}}
            """
                .formatted(
                    id,
                    minted.text("/credential/clientId"),
                    minted.text("/credential/createdAt"),
                    minted.text("/credential/createdAt"),
                    never));

    Answer read = as("payments").get("/api/v1/apps/crm/connectors/okta/credentials/" + id);

    assertThat(read.body().at("/credential/deletedAt").isNull()).isTrue();
    Answer shown = shown(id);
    assertThat(shown.text("/status")).isEqualTo("ACTIVE");
    for (String time : List.of("/lastUsedAt", "/expiresAt", "/deletedAt")) {
      assertThat(shown.body().at(time).isNull()).as(time).isTrue();
    }
    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.changed");
  }

  /** The last time can be true, and shows that an age counts. */
  @ParameterizedTest
  @CsvSource({
    "0001-01-01T00:00:00Z, false",
    "1970-01-01T00:00:00Z, false",
    "2020-01-01T00:00:00Z, true"
  })
  void creationThatCannotBeTrueStartsNoAge(String createdAt, boolean isOverdue) {
    String id = "created-in-" + createdAt.substring(0, 4);
    control()
        .respond(
            "keycard",
            "list",
            200,
            """
            {"items":[%s],"page_info":{"has_next_page":false,"has_prev_page":false,
              "start_cursor":"a","end_cursor":"b"}}
            """
                .formatted(json("id", id, "name", id, "client_id", id, "created_at", createdAt)),
            times(1));

    assertThat(as("payments").get(CHECKOUT).status()).isEqualTo(200);

    Answer shown = shown(id);
    assertThat(shown.text("/status")).isEqualTo("ACTIVE");
    assertThat(shown.body().at("/createdAt").isNull()).isEqualTo(!isOverdue);
    assertThat(shown.body().at("/expiresAt").isNull()).isTrue();
    assertThat(as("payments").get("/api/v1/credentials?overdue=true&q=" + id).body().at("/items"))
        .hasSize(isOverdue ? 1 : 0);
  }

  @Test
  void responseAboutAnotherCredentialIsUnusable() {
    String id = mint("asked");
    control().respond("keycard", "get", 200, "{\"id\":\"other\",\"name\":\"x\"}", times(1));

    Answer answer = as("payments").get(CHECKOUT + "/" + id);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-failed");
    assertThat(query("select 1 from credential where upstream_id = 'other'")).isEmpty();
  }

  @Test
  void missingCredentialStaysMissingWhileItsUpstreamShowsItAsDeleted() {
    String id = rotateOkta();
    awaitFollowUps();
    revokeOutsideRekey(id);

    refresh();
    refresh();

    assertThat(row(id)).containsEntry("status", "MISSING");
    assertThat(row(id).get("deleted_at")).isNotNull();
    assertThat(typesOf(id)).endsWith("credential.missing");
  }

  @Test
  void laggingListHidesNothing() {
    String id = mint("fresh");
    control().fault("keycard", "list", "stale", delayMs(100_000));

    refresh();

    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
  }

  @Test
  void changeIsReportedWhenTheCredentialIsAdopted() {
    String id = mintOutsideRekey("found");
    refresh();
    renameOutsideRekey(id, "renamed");

    as("payments")
        .post(
            "/api/v1/credentials",
            json("upstream", "keycard", "subject", CHECKOUT_SUBJECT.name(), "upstreamId", id));

    assertThat(typesOf(id)).startsWith("credential.unmanaged-mint", "credential.changed");
  }

  @Test
  void concurrentReadsReportADifferenceOnce() {
    String id = mintOutsideRekey("raced");

    var readers =
        IntStream.range(0, 8)
            .mapToObj(_ -> CompletableFuture.runAsync(() -> as("payments").get(CHECKOUT)))
            .toArray(CompletableFuture[]::new);
    refresh();
    CompletableFuture.allOf(readers).join();

    assertThat(typesOf(id)).hasSize(1);
  }

  @Test
  void driftIsCounted() {
    double before = unmanagedMints();
    mintOutsideRekey("counted");

    refresh();

    assertThat(unmanagedMints()).isEqualTo(before + 1);
  }

  private double unmanagedMints() {
    return meters
        .get("rekey.drift")
        .tags("upstream", "keycard", "type", "credential.unmanaged-mint")
        .counter()
        .count();
  }
}
