package dev.rekey.facade;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.retryAfter;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keycard's routes as its official client uses them. */
class KeycardIT extends RekeyIT {

  @Test
  void aNewCredentialHasItsSecretAndNoEmptyMembers() {
    Answer answer = as("payments").post(CHECKOUT, json("name", "ci"));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body().propertyNames())
        .containsExactlyInAnyOrder("id", "client_id", "client_secret", "created_at", "name");
    assertThat(control().isValid(answer.text("/client_id"), answer.text("/client_secret")))
        .isTrue();
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("Rekey-Rotation-Id")).isNotNull();
    assertThat(events()).containsExactly("rotation.requested", "rotation.succeeded");
  }

  @Test
  void everyPageOfALongListIsReached() {
    control().seed(json("serviceAccount", "checkout", "credentials", 249));
    var ids = new ArrayList<String>();
    String after = "";
    Answer page;
    do {
      page = as("payments").get(CHECKOUT + "?limit=100" + after);
      page.body().at("/items").forEach(item -> ids.add(item.at("/id").asString()));
      after = "&after=" + page.text("/page_info/end_cursor");
    } while (page.body().at("/page_info/has_next_page").asBoolean());

    assertThat(ids).hasSize(250);
    assertThat(new HashSet<>(ids)).hasSize(250);
    assertThat(page.body().at("/page_info/has_prev_page").asBoolean()).isTrue();
  }

  @Test
  void aPageThatIsFollowedByItselfIsAFailure() {
    control()
        .respond(
            "keycard",
            "list",
            200,
            "{\"items\":[],\"page_info\":{\"has_next_page\":true,\"end_cursor\":\"same\"}}");

    Answer first = as("payments").get(CHECKOUT);
    Answer second = as("payments").get(CHECKOUT + "?after=" + first.text("/page_info/end_cursor"));

    assertThat(first.status()).isEqualTo(200);
    assertThat(second.text("/type")).isEqualTo("/problems/upstream-failed");
    assertThat(second.text("/detail")).contains("its list has no end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expand%5B%5D=permissions",
        "expand=permissions",
        "expand%5B%5D=total_count&expand%5B%5D=permissions",
        "expand=permissions&expand=total_count",
        "expand=permissions,total_count"
      })
  void permissionsAreReturnedForEverySpelling(String query) {
    Answer list = as("payments").get(CHECKOUT + "?" + query);
    String id = list.text("/items/0/id");
    Answer one = as("payments").get(CHECKOUT + "/" + id + "?" + query);

    assertThat(list.body().at("/permissions/organizations/read").asBoolean()).isTrue();
    assertThat(one.body().at("/permissions/organizations/read").asBoolean()).isTrue();
  }

  @Test
  void permissionsAreOmittedByDefault() {
    Answer list = as("payments").get(CHECKOUT);

    assertThat(list.body().has("permissions")).isFalse();
    assertThat(list.body().propertyNames()).containsExactlyInAnyOrder("items", "page_info");
  }

  @ParameterizedTest
  @ValueSource(strings = {"expand=everything", "expand%5B%5D=total_count"})
  void expansionsThatARouteDoesNotUseAreIgnored(String query) {
    Answer list = as("payments").get(CHECKOUT + "?" + query);
    Answer one = as("payments").get(CHECKOUT + "/checkoutseedcredential0001?" + query);

    assertThat(list.status()).isEqualTo(200);
    assertThat(list.body().propertyNames()).containsExactlyInAnyOrder("items", "page_info");
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.body().has("permissions")).isFalse();
  }

  @Test
  void keycardSearchesItsCredentials() {
    as("payments").post(CHECKOUT, json("name", "nightly, weekly"));
    as("payments").post(CHECKOUT, json("name", "hourly"));

    assertThat(namesFoundBy("query=LY")).containsExactlyInAnyOrder("nightly, weekly", "hourly");
    // One text with a comma, and two texts.
    assertThat(namesFoundBy("query=nightly,%20weekly")).containsExactly("nightly, weekly");
    assertThat(namesFoundBy("query=week&query=night")).containsExactly("nightly, weekly");
    assertThat(namesFoundBy("query=nowhere&limit=5")).isEmpty();
  }

  private List<String> namesFoundBy(String query) {
    return as("payments")
        .get(CHECKOUT + "?" + query)
        .body()
        .at("/items")
        .valueStream()
        .map(item -> item.at("/name").asString())
        .toList();
  }

  @Test
  void listedCredentialsAreInTheInventory() {
    as("payments").get(CHECKOUT);

    assertThat(
            query("select origin from credential where upstream_id = 'checkoutseedcredential0001'"))
        .hasSize(1);
  }

  @Test
  void anOrganizationsLabelNamesTheSameSubject() {
    Answer answer =
        as("payments")
            .post(
                "/organizations/acme-corp/service-accounts/checkout/credentials",
                json("name", "by-label"));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(query("select distinct subject from audit_event where request_id = ?", requestId))
        .extracting(row -> row.get("subject"))
        .containsExactly("organizations/acme/service-accounts/checkout");
  }

  @Test
  void anUnconfiguredOrganizationIsNotFound() {
    Answer answer =
        as("payments").get("/organizations/globex/service-accounts/checkout/credentials");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/code")).isEqualTo("unknown-organization");
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void anUpdateIsRecordedWithOldAndNewValues() {
    String id = as("payments").post(CHECKOUT, json("name", "old")).text("/id");

    Answer answer =
        as("payments").send("PATCH", CHECKOUT + "/" + id, json("description", "nightly"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/name")).isEqualTo("old");
    assertThat(answer.text("/description")).isEqualTo("nightly");
    var found =
        as("payments")
            .get("/api/v1/audit-events?type=credential.update.succeeded&limit=1")
            .body()
            .at("/items/0");
    assertThat(found.at("/upstreamId").asString()).isEqualTo(id);
    assertThat(found.at("/changes/0/field").asString()).isEqualTo("description");
    assertThat(found.at("/changes/0/from").isNull()).isTrue();
    assertThat(found.at("/changes/0/to").asString()).isEqualTo("nightly");
    assertThat(found.at("/credentialId").isNull()).isFalse();
  }

  @Test
  void aDeleteReturns204AlsoWhenRepeated() {
    String id = as("payments").post(CHECKOUT, json("name", "short-lived")).text("/id");

    Answer first = as("payments").with("Accept", "*/*").delete(CHECKOUT + "/" + id);
    Answer again = as("payments").with("Accept", "*/*").delete(CHECKOUT + "/" + id);

    assertThat(List.of(first.status(), again.status())).containsOnly(204);
    assertThat(first.raw().body()).isEmpty();
    assertThat(control().live()).doesNotContain(id);
    assertThat(events())
        .endsWith(
            "credential.delete.requested",
            "credential.delete.succeeded",
            "credential.delete.requested",
            "credential.delete.succeeded");
    assertThat(query("select status from credential where upstream_id = ?", id))
        .extracting(row -> row.get("status"))
        .containsExactly("RETIRED");
  }

  @Test
  void aDeleteOfUnknownOutcomeMayBeRepeated() {
    String id = as("payments").post(CHECKOUT, json("name", "stubborn")).text("/id");
    control().fault("keycard", "delete", "status", status(500));

    Answer answer = as("payments").delete(CHECKOUT + "/" + id);

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text("/code")).isEqualTo("change-outcome-unknown");
    assertThat(answer.header("x-should-retry")).isNull();
    assertThat(events()).endsWith("credential.delete.requested", "credential.delete.unknown");
  }

  @Test
  void aDeleteThatMayHaveTakenEffectIsUnknown() {
    for (int status : new int[] {403, 429}) {
      String id = as("payments").post(CHECKOUT, json("name", "doubtful")).text("/id");
      control().fault("keycard", "delete", "reset-after", times(1));
      control().fault("keycard", "delete", "status", status(status), retryAfter(600));

      Answer answer = as("payments").delete(CHECKOUT + "/" + id);

      assertThat(answer.text("/code")).isEqualTo("change-outcome-unknown");
      assertThat(events()).endsWith("credential.delete.requested", "credential.delete.unknown");
      control().clearFaults();
    }
  }

  @Test
  void aLaggingListDoesNotRestoreADeletedCredential() {
    String id = as("payments").get(CHECKOUT).text("/items/0/id");
    as("payments").delete(CHECKOUT + "/" + id);
    control().fault("keycard", "list", "stale", delayMs(3600000));

    Answer list = as("payments").get(CHECKOUT);

    assertThat(list.raw().body()).contains(id);
    assertThat(query("select status from credential where upstream_id = ?", id))
        .extracting(row -> row.get("status"))
        .containsExactly("RETIRED");
  }

  @ParameterizedTest
  @CsvSource({
    "status, 0, 400",
    "status, 0, 409",
    "status, 0, 429",
    "status, 0, 500",
    "status, 0, 502",
    "status, 0, 503",
    "status, 0, 504",
    "redirect, 0, 0",
    "reset-before, 0, 0",
    "reset-after, 1, 0",
    "late, 1, 0",
    "garbage, 1, 0",
    "no-secret, 1, 0",
    "huge, 1, 0"
  })
  void aCreationIsNeverRepeated(String fault, int mints, int status) {
    control().fault("keycard", "create", fault, status(status), delayMs(10), retryAfter(1));

    Answer answer = as("payments").post(CHECKOUT, json("name", "once"));

    assertThat(answer.status()).isGreaterThanOrEqualTo(400);
    assertThat(control().calls("create")).isEqualTo(1);
    await().until(() -> control().mints().size() == mints);
  }

  @Test
  void anUpdateIsNeverRepeated() {
    String id = as("payments").post(CHECKOUT, json("name", "once")).text("/id");
    control().fault("keycard", "update", "status", status(503));

    Answer answer = as("payments").send("PATCH", CHECKOUT + "/" + id, json("name", "twice"));

    assertThat(answer.status()).isEqualTo(504);
    assertThat(control().calls("update")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'name':''}",
        "{'name':'  '}",
        "{'name':7}",
        "{'name':'a','expires':'never'}",
        "{'name':'a\\u0000b'}",
        "{'name':'a\\ud800b'}"
      })
  void anUnusableNameIsRefusedAndNotSent(String body) {
    Answer answer = as("payments").post(CHECKOUT, body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/code")).isEqualTo("invalid-request");
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void aNameMayBeInAnyScript() {
    Answer answer = as("payments").post(CHECKOUT, json("name", "Zahlung ✓ 決済 😀"));

    assertThat(answer.text("/name")).isEqualTo("Zahlung ✓ 決済 😀");
    assertThat(
            as("payments")
                .get("/api/v1/credentials/" + answer.header("Rekey-Credential-Id"))
                .text("/displayName"))
        .isEqualTo("Zahlung ✓ 決済 😀");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'name':null,'description':null}"})
  void anUpdateWithoutChangesReturnsTheCredentialAndChangesNothing(String body) {
    Answer created = as("payments").post(CHECKOUT, json("name", "same", "description", "nightly"));
    List<String> before = events();

    Answer answer =
        as("payments").send("PATCH", CHECKOUT + "/" + created.text("/id"), body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(as("payments").get(CHECKOUT + "/" + created.text("/id")).body());
    assertThat(control().calls()).doesNotContain("update");
    assertThat(control().mints()).hasSize(1);
    assertThat(events()).isEqualTo(before);
  }

  @Test
  void anUpdateWithoutChangesNeedsAGrantAndACredential() {
    String empty = "{}";

    assertThat(as("search").send("PATCH", CHECKOUT + "/any", empty).text("/code"))
        .isEqualTo("no-grant");
    assertThat(as("payments").send("PATCH", CHECKOUT + "/any", empty).status()).isEqualTo(404);
  }

  @Test
  void theClientsRequestIdIsRecordedAndForwarded() {
    String id = UUID.randomUUID().toString();
    Http client = as("payments").with("X-Client-Request-ID", id);

    Answer created = client.post(CHECKOUT, json("name", "traced"));
    client.get(CHECKOUT);
    client.send("PATCH", CHECKOUT + "/" + created.text("/id"), json("name", "renamed"));
    client.delete(CHECKOUT + "/" + created.text("/id"));

    assertThat(created.header("X-Request-Id")).isEqualTo(id);
    for (String operation : List.of("create", "list", "update", "delete")) {
      assertThat(control().clientRequestIds(operation)).as(operation).containsOnly(id);
    }
    assertThat(query("select type from audit_event where request_id = ?", id))
        .extracting(row -> row.get("type"))
        .contains("rotation.succeeded", "credential.update.succeeded");
    as("payments").get(CHECKOUT);
    assertThat(control().clientRequestIds("list")).containsExactly(id, "");
  }

  @Test
  void aMalformedRequestIdOfAClientIsNeitherRecordedNorForwarded() {
    Answer answer = as("payments").with("X-Client-Request-ID", "not well-formed").get(CHECKOUT);

    assertThat(answer.header("X-Request-Id")).isEqualTo(requestId);
    assertThat(control().clientRequestIds("list")).containsExactly("");
  }
}
