package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that mistake one of a credential's two ids for the other. */
class CredentialIdsIT extends RekeyIT {

  @Test
  void anUpstreamsRoutesNameTheUpstreamsIdForRekeysId() {
    Answer created = as("payments").post(CHECKOUT, json("name", "two-ids"));
    String path = CHECKOUT + "/" + own(created);

    Stream.of(
            as("payments").get(path),
            as("payments").send("PATCH", path, json("name", "other")),
            as("payments").send("PATCH", path, "{}"),
            as("payments").delete(path),
            keyed("payments").post(path + "/rotate", "{}"))
        .forEach(
            answer -> {
              assertThat(answer.status()).isEqualTo(404);
              assertThat(answer.text("/code")).isEqualTo("not-found");
              assertThat(answer.text("/detail")).contains("its id at keycard, which is");
              assertThat(answer.text("/upstreamId")).isEqualTo(created.text("/id"));
              assertThat(answer.header("x-should-retry")).isEqualTo("false");
            });
    assertThat(control().calls()).doesNotContain("get", "update", "delete");
    assertThat(control().live()).contains(created.text("/id"));
    assertThat(events()).containsExactly("rotation.requested", "rotation.succeeded");
  }

  @Test
  void aRevocationWithRekeysIdRevokesNothing() {
    Answer rotated = as("payments").post(ROTATE, OKTA);
    String path = "/api/v1/" + OKTA_SUBJECT + "/credentials/" + own(rotated);

    Answer read = as("payments").get(path);
    Answer revoked = as("payments").post(path, "{}");

    for (Answer answer : new Answer[] {read, revoked}) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.text("/upstreamId")).isEqualTo(rotated.text("/credential/id"));
    }
    assertThat(control().live()).contains(rotated.text("/credential/id"));
  }

  @Test
  void theIdOfAnotherTeamsCredentialIsNotTold() {
    Answer foreign =
        as("search")
            .post(
                "/organizations/acme/service-accounts/indexer/credentials", json("name", "theirs"));

    Answer wrongId = as("payments").get(CHECKOUT + "/" + own(foreign));
    Answer deleted = as("payments").delete(CHECKOUT + "/" + own(foreign));
    Answer inInventory = as("payments").get("/api/v1/credentials/" + foreign.text("/id"));

    assertThat(wrongId.raw().body()).doesNotContain(foreign.text("/id"));
    assertThat(wrongId.text("/code")).isEqualTo("upstream-refused");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(inInventory.status()).isEqualTo(400);
    assertThat(inInventory.raw().body()).doesNotContain(own(foreign));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/timeline"})
  void theInventorysRoutesNameRekeysIdForTheUpstreamsId(String route) {
    Answer created = as("payments").post(CHECKOUT, json("name", "two-ids"));

    Answer answer = as("payments").get("/api/v1/credentials/" + created.text("/id") + route);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/code")).isEqualTo("invalid-parameter");
    assertThat(answer.text("/detail"))
        .startsWith("credentialId has to be a UUID. ")
        .contains("Rekey's id is " + own(created));
  }

  @Test
  void anUpstreamsIdMayBeAUuidToo() {
    String uuid = "0d0d0d0d-0000-4000-8000-00000000000d";
    Answer created = as("payments").post(CHECKOUT, json("name", "two-ids"));
    execute(
        "update credential set upstream_id = ? where upstream_id = ?", uuid, created.text("/id"));

    Answer answer = as("payments").get("/api/v1/credentials/" + uuid);

    execute("update credential set status = 'RETIRED' where upstream_id = ?", uuid);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/detail")).contains("Rekey's id is " + own(created));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "a_b", "no~such~id", "a%20b"})
  void anyOtherIdIsRefusedAsBefore(String id) {
    Answer answer = as("payments").get("/api/v1/credentials/" + id);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).isEqualTo("credentialId has to be a UUID.");
  }

  private static String own(Answer minted) {
    return Objects.requireNonNull(minted.header("Rekey-Credential-Id"));
  }
}
