package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The query parameters of the inventory, and its cursors. */
class InventoryParametersIT extends RekeyIT {

  private static final String CREDENTIALS = "/api/v1/credentials";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "upstream=aws; upstream has to be one or more of [conductorone, keycard]",
        "subject=a%20b; subject has to have the form",
        "team=a%00b; team has to be",
        "status=GONE; status has to be one or more of [ACTIVE, RETIRING, RETIRED, EXPIRED,"
            + " MISSING]",
        "status=ACTIVE,; status has to be one or more",
        "origin=FOUND; origin has to be one or more of [MINTED, DISCOVERED, ADOPTED]",
        "origin=%00; origin has no value",
        "origin=MINTED%00; origin has to be one or more of",
        "expiresBefore=tomorrow; expiresBefore has to be a UTC time",
        "expiresBefore=2028; expiresBefore has to be a UTC time",
        "expiresBefore=1969-12-31T23:59:59Z; expiresBefore has to lie in the years",
        "notUsedSince=%2B99999999-01-01T00:00:00Z; notUsedSince has to lie in the years",
        "createdBefore=soon; createdBefore has to be a UTC time",
        "createdAfter=2026-01-02T00:00:00Z&createdBefore=2026-01-01T00:00:00Z; createdAfter has to"
            + " be before createdBefore",
        "expiresAfter=2026-01-02T00:00:00Z&expiresBefore=2026-01-02T00:00:00Z; expiresAfter has to"
            + " be before expiresBefore",
        "overdue=perhaps; overdue has to be true or false",
        "q=ab; q has to be 3 to 200 characters",
        "q=a%0Ab; q has to be 3 to 200 characters",
        "sort=name; sort has to be one of [recordedAt, createdAt, expiresAt, lastUsedAt, subject,",
        "sort=--subject; sort has to be one of",
        "sort=subject,recordedAt; sort has to be one of",
        "sort=subject&sort=createdAt; sort may be given once",
        "limit=501; limit has to be 1 to 500",
        "state=ACTIVE; `state` is not known here; known are [createdAfter, createdBefore,"
      })
  void malformedParameterIsRejected(String parameters, String detail) {
    Answer answer = as("payments").get(CREDENTIALS + "?" + parameters);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upstream=keycard",
        "subject=organizations/*",
        "team=payments",
        "status=ACTIVE",
        "origin=MINTED",
        "createdBefore=2100-01-01T00:00:00Z",
        "createdAfter=2000-01-01T00:00:00Z",
        "expiresBefore=2100-01-01T00:00:00Z",
        "expiresAfter=2000-01-01T00:00:00Z",
        "overdue=false",
        "notUsedSince=2100-01-01T00:00:00Z",
        "q=page",
        "sort=recordedAt",
        "sort=subject"
      })
  void cursorIsInvalidForAnotherSearch(String parameter) {
    as("payments").post(CHECKOUT, json("name", "page-1"));
    as("payments").post(CHECKOUT, json("name", "page-2"));
    String cursor = as("payments").get(CREDENTIALS + "?limit=1").text("/nextCursor");

    Answer same = as("payments").get(CREDENTIALS + "?limit=2&cursor=" + cursor);
    Answer other = as("payments").get(CREDENTIALS + "?" + parameter + "&cursor=" + cursor);

    assertThat(same.status()).isEqualTo(200);
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.text("/type")).isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void cursorOfAnotherListIsInvalid() {
    as("payments").post(ROTATE, OKTA);
    as("payments").post(ROTATE, OKTA);
    String cursor = as("payments").get("/api/v1/rotations?limit=1").text("/nextCursor");

    assertThat(as("payments").get(CREDENTIALS + "?cursor=" + cursor).text("/type"))
        .isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void severalStatusesMatchEither() {
    as("payments").post(ROTATE, OKTA);
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    String query = "?limit=500&subject=" + OKTA_SUBJECT + "&status=";

    List<String> both = statuses(CREDENTIALS + query + "RETIRED,ACTIVE");

    assertThat(both).contains("ACTIVE", "RETIRED").doesNotContain("MISSING", "RETIRING");
    assertThat(statuses(CREDENTIALS + query + "RETIRED&status=ACTIVE")).isEqualTo(both);
    assertThat(statuses(CREDENTIALS + query + "ACTIVE")).containsOnly("ACTIVE");
  }

  @Test
  void organizationLabelFindsTheSameAsItsId() {
    as("payments").post(CHECKOUT, json("name", "labelled"));
    String rest = "/service-accounts/checkout";

    for (String list : List.of(CREDENTIALS, "/api/v1/audit-events", "/api/v1/audit-events/tail")) {
      for (String end : List.of(rest, "/*", rest + "*")) {
        String query = list + "?limit=500&subject=organizations/";
        assertThat(
                as("payments").get(query + "acme-corp" + end).body().at("/items/0/id").asString())
            .as(list + end)
            .isNotEmpty()
            .isEqualTo(
                as("payments").get(query + "acme" + end).body().at("/items/0/id").asString());
      }
    }
  }

  @Test
  void teamDoesNotExtendTheCallersGrants() {
    as("search").post(ROTATE, json("appId", "crm", "connectorId", "github"));

    assertThat(as("payments").get(CREDENTIALS + "?team=search").body().at("/items")).isEmpty();
    assertThat(as("auditor").get(CREDENTIALS + "?team=search").body().at("/items"))
        .isNotEmpty()
        .allMatch(
            item ->
                List.of("apps/crm/connectors/github", "organizations/acme/service-accounts/indexer")
                    .contains(item.at("/subject").asString()));
    assertThat(as("auditor").get(CREDENTIALS + "?team=nobody").body().at("/items")).isEmpty();
  }

  @Test
  void searchThatTakesTooLongIsTooBroad() throws SQLException {
    Answer answer;
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table credential in access exclusive mode");
      answer = as("payments").get(CREDENTIALS);
    }

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/query-too-broad");
    assertThat(answer.text("/detail")).contains("subject, team or status");
  }

  private List<String> statuses(String path) {
    return as("payments")
        .get(path)
        .body()
        .at("/items")
        .valueStream()
        .map(item -> item.at("/status").asString())
        .toList();
  }
}
