package dev.rekey.rotation;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationListIT extends RekeyIT {

  private static final String ROTATIONS = "/api/v1/rotations";

  private Instant start;

  @BeforeEach
  void startNow() {
    start = Instant.now();
  }

  @Test
  void unknownRotationsAreFoundByTheirState() {
    as("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "reset-after");
    String unknown = as("payments").post(ROTATE, OKTA).text("/rotationId");

    Answer found = as("payments").get(ROTATIONS + "?state=UNKNOWN&from=" + start);

    assertThat(ids(found)).containsExactly(unknown);
    assertThat(found.text("/items/0/attempts/0/state")).isEqualTo("UNKNOWN");
    assertThat(found.text("/items/0/possible/0")).isEqualTo("resolve");
    assertThat(found.text("/items/0/needs/0")).isEqualTo("resolution");
    assertThat(ids(as("payments").get(ROTATIONS + "?needs=resolution&from=" + start)))
        .containsExactly(unknown);
  }

  @Test
  void aRotationThatRekeyStillSettlesNeedsNobody() {
    control().fault("keycard", "create", "reset-after");
    String unknown = as("payments").post(CHECKOUT, json("name", "x")).text("/rotationId");
    String path = ROTATIONS + "?from=" + start;

    Answer found = as("payments").get(path + "&state=UNKNOWN");

    assertThat(ids(found)).containsExactly(unknown);
    assertThat(found.body().at("/items/0/needs").isEmpty()).isTrue();
    assertThat(found.body().at("/items/0/possible").isEmpty()).isTrue();
    assertThat(ids(as("payments").get(path + "&needs=resolution"))).isEmpty();
  }

  @Test
  void needsCombinesWithTheOtherFilters() {
    Answer old = as("payments").post(CHECKOUT, json("name", "old"));
    String unconfirmed =
        keyed("payments")
            .post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}")
            .header("Rekey-Rotation-Id");
    control().fault("conductorone", "rotate", "reset-after");
    String unknown = as("payments").post(ROTATE, OKTA).text("/rotationId");
    String since = ROTATIONS + "?from=" + start;

    assertThat(ids(as("payments").get(since + "&needs=Confirmation,RESOLUTION")))
        .containsExactly(unknown, unconfirmed);
    assertThat(ids(as("payments").get(since + "&needs=confirmation&needs=delivery")))
        .containsExactly(unconfirmed);
    assertThat(ids(as("payments").get(since + "&needs=!resolution"))).containsExactly(unconfirmed);
    assertThat(ids(as("payments").get(since + "&needs=con*&upstream=conductorone"))).isEmpty();
    assertThat(
            as("payments")
                .get(since + "&needs=confirmation,resolution&total=estimate&limit=1&fields=needs")
                .body()
                .toString())
        .contains("[{\"needs\":[\"resolution\"]}]", "\"total\":{\"count\":2,\"exact\":true}");
    assertThat(ids(as("search").get(since + "&needs=confirmation,resolution"))).isEmpty();
  }

  @Test
  void aCallerSeesTheRotationsOfVisibleSubjects() {
    String okta = as("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id");
    String github =
        as("search")
            .post(ROTATE, json("appId", "crm", "connectorId", "github"))
            .header("Rekey-Rotation-Id");

    String since = ROTATIONS + "?from=" + start;
    assertThat(ids(as("payments").get(since))).containsExactly(okta);
    assertThat(ids(as("search").get(since))).containsExactly(github);
    assertThat(ids(as("auditor").get(since))).containsExactly(github, okta);
    assertThat(ids(as("auditor").get(since + "&team=payments"))).containsExactly(okta);
    assertThat(ids(as("auditor").get(since + "&subject=apps/crm/connectors/github")))
        .containsExactly(github);
    assertThat(ids(as("auditor").get(since + "&to=" + start))).isEmpty();
  }

  @Test
  void aCredentialFindsTheRotationsThatMadeItOrReplaceIt() {
    Answer made = as("payments").post(CHECKOUT, json("name", "old"));
    String old = made.header("Rekey-Credential-Id");
    Answer replaced =
        keyed("payments").post(CHECKOUT + "/" + made.text("/id") + "/rotate", json("name", "new"));
    String created = made.header("Rekey-Rotation-Id");
    String rotated = replaced.header("Rekey-Rotation-Id");
    as("payments").post(CHECKOUT, json("name", "other"));
    String path = ROTATIONS + "?credentialId=";

    assertThat(ids(as("payments").get(path + old))).containsExactly(rotated, created);
    assertThat(ids(as("payments").get(path + replaced.header("Rekey-Credential-Id"))))
        .containsExactly(rotated);
    assertThat(
            ids(
                as("payments")
                    .get(
                        path
                            + old
                            + ","
                            + replaced.header("Rekey-Credential-Id")
                            + "&state=succeeded")))
        .containsExactly(rotated, created);
    assertThat(ids(as("payments").get(path + UUID.randomUUID()))).isEmpty();
    assertThat(ids(as("search").get(path + old))).isEmpty();
  }

  @Test
  void listsMatchAnyOfTheirValues() {
    String okta = as("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id");
    String checkout =
        as("payments").post(CHECKOUT, json("name", "listed")).header("Rekey-Rotation-Id");
    control().fault("conductorone", "rotate", "reset-after");
    String unknown = as("payments").post(ROTATE, OKTA).text("/rotationId");
    String since = ROTATIONS + "?from=" + start;

    assertThat(ids(as("payments").get(since + "&state=succeeded,UNKNOWN")))
        .containsExactly(unknown, checkout, okta);
    assertThat(ids(as("payments").get(since + "&state=unknown&state=REJECTED")))
        .containsExactly(unknown);
    assertThat(ids(as("payments").get(since + "&upstream=keycard"))).containsExactly(checkout);
    assertThat(ids(as("payments").get(since + "&upstream=Keycard,ConductorOne"))).hasSize(3);
    assertThat(
            ids(as("payments").get(since + "&subject=" + OKTA_SUBJECT + ",organizations/acme/*")))
        .hasSize(3);
    assertThat(ids(as("auditor").get(since + "&team=payments&team=search"))).hasSize(3);
  }

  @Test
  void aListThatTakesTooLongIsTooBroad() throws SQLException {
    Answer answer;
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table rotation in access exclusive mode");
      answer = as("payments").get(ROTATIONS);
    }

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/query-too-broad");
    assertThat(answer.text("/detail")).contains("subject, credentialId or state");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "acme-corp"})
  void anOrganizationsLabelFindsTheSameRotationsAsItsId(String organization) {
    String rotation =
        as("payments").post(CHECKOUT, json("name", "labelled")).header("Rekey-Rotation-Id");
    String since = ROTATIONS + "?from=" + start + "&subject=organizations/" + organization;

    Answer found = as("payments").get(since + "/service-accounts/checkout");
    Answer foundByPrefix = as("payments").get(since + "/*");

    assertThat(ids(found)).containsExactly(rotation);
    assertThat(ids(foundByPrefix)).containsExactly(rotation);
    assertThat(found.text("/items/0/subject"))
        .isEqualTo("organizations/acme/service-accounts/checkout");
  }

  @Test
  void aRotationMayHaveMoreAttemptsThanARequestBodyHasRoom() {
    String rotation = as("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id");
    execute(
        """
        insert into rotation_attempt (
          id, rotation_id, number, state, reason, started_at, closed_at, lease_until)
        select gen_random_uuid(), a.rotation_id, a.number + n, 'NOT_ATTEMPTED',
          'the connection was refused', now(), now(), now()
        from rotation_attempt a, generate_series(1, 400) n where a.rotation_id = ?
        """,
        UUID.fromString(rotation));

    Answer one = as("payments").get(ROTATIONS + "/" + rotation);
    Answer page = as("payments").get(ROTATIONS + "?from=" + start);

    assertThat(one.text("/attempts/400/state")).isEqualTo("NOT_ATTEMPTED");
    assertThat(ids(page)).containsExactly(rotation);
  }

  @Test
  void pagesHaveNeitherGapsNorDuplicates() {
    var made = new ArrayList<String>();
    for (int i = 0; i < 7; i++) {
      made.addFirst(
          as("payments").post(CHECKOUT, json("name", "n" + i)).header("Rekey-Rotation-Id"));
    }

    var seen = new ArrayList<String>();
    String next = ROTATIONS + "?limit=3&from=" + start;
    while (next != null) {
      Answer page = as("payments").get(next);
      seen.addAll(ids(page));
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }

    assertThat(seen).isEqualTo(made);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state=DONE",
        "state=SUCCEEDED,",
        "needs=rest",
        "needs=",
        "upstream=aws",
        "credentialId=x",
        "from=yesterday",
        "limit=0",
        "limit=501",
        "limit=0x10",
        "cursor=x",
        "page=2",
        "subject=a%00b",
        "team=a%00b",
        "to=%2B99999999-01-01T00:00:00Z"
      })
  void anInvalidParameterIsRefused(String query) {
    Answer answer = as("payments").get(ROTATIONS + "?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).isNotEmpty();
  }

  @Test
  void aCursorFitsOnlyItsFilter() {
    as("payments").post(ROTATE, OKTA);
    as("payments").post(ROTATE, OKTA);
    String cursor = as("payments").get(ROTATIONS + "?limit=1").text("/nextCursor");

    for (String filter : List.of("state=UNKNOWN", "needs=resolution")) {
      Answer answer = as("payments").get(ROTATIONS + "?limit=1&" + filter + "&cursor=" + cursor);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text("/type")).isEqualTo("/problems/invalid-cursor");
    }
  }

  private static List<String> ids(Answer page) {
    return page.body().at("/items").valueStream().map(item -> item.at("/id").asString()).toList();
  }
}
