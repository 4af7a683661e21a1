package dev.rekey.audit;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Searches of the history, and reads of single events. */
class SearchIT extends RekeyIT {

  private static final String EVENTS = "/api/v1/audit-events";

  private final String actor = "actor-" + UUID.randomUUID();

  @Autowired private AuditEvents events;
  @Autowired private JdbcClient jdbc;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void everyFilterFindsItsEventsOnly() {
    Answer rotated = as("payments").post(ROTATE, OKTA);
    String rotation = rotated.header("Rekey-Rotation-Id");
    String mine = "&q=" + requestId;

    assertThat(types("?rotationId=" + rotation))
        .containsExactly("rotation.succeeded", "rotation.requested");
    assertThat(types("?credentialId=" + rotated.header("Rekey-Credential-Id")))
        .containsExactly("rotation.succeeded");
    assertThat(types("?outcome=succeeded" + mine)).containsExactly("rotation.succeeded");
    assertThat(types("?type=rotation.requested" + mine)).containsExactly("rotation.requested");
    assertThat(types("?actor=payments" + mine)).hasSize(2);
    assertThat(types("?actor=payment" + mine)).isEmpty();
    assertThat(types("?team=payments" + mine)).hasSize(2);
    assertThat(types("?team=search" + mine)).isEmpty();
    assertThat(types("?upstream=conductorone" + mine)).hasSize(2);
    assertThat(types("?upstream=keycard" + mine)).isEmpty();
    assertThat(types("?subject=apps/crm/connectors/okta" + mine)).hasSize(2);
    assertThat(types("?subject=apps/crm/*" + mine)).hasSize(2);
    assertThat(types("?subject=apps/cr" + mine)).isEmpty();
    assertThat(types("?q=OKTA+Succ+" + requestId)).containsExactly("rotation.succeeded");
  }

  @Test
  void listsMatchAnyOfTheirValues() {
    Answer okta = as("payments").post(ROTATE, OKTA);
    Answer checkout = as("payments").post(CHECKOUT, json("name", "listed"));
    String mine = "&q=" + requestId;
    String rotations =
        okta.header("Rekey-Rotation-Id") + "," + checkout.header("Rekey-Rotation-Id");
    String subjects = OKTA_SUBJECT + ",organizations/acme/service-accounts/checkout";

    assertThat(types("?outcome=succeeded,unknown" + mine)).hasSize(2);
    assertThat(types("?outcome=SUCCEEDED&outcome=unknown" + mine)).hasSize(2);
    assertThat(types("?type=rotation.requested,Rotation.Succeeded" + mine)).hasSize(4);
    assertThat(types("?upstream=keycard,conductorone" + mine)).hasSize(4);
    assertThat(types("?actor=payments&actor=nobody" + mine)).hasSize(4);
    assertThat(types("?team=nobody&team=payments" + mine)).hasSize(4);
    assertThat(types("?rotationId=" + rotations)).hasSize(4);
    assertThat(types("?rotationId=" + rotations + "&outcome=succeeded")).hasSize(2);
    assertThat(types("?subject=apps/*,organizations/acme/*" + mine)).hasSize(4);
    assertThat(types("?limit=500&subject=" + subjects)).contains("rotation.requested");
    assertThat(
            as("payments")
                .get(EVENTS + "?limit=4&subject=" + subjects)
                .body()
                .at("/items")
                .valueStream()
                .map(event -> event.at("/requestId").asString()))
        .contains(requestId);
  }

  @Test
  void defaultTimeIsTheLastDay() {
    insert(Instant.now().minus(Duration.ofHours(23)));
    insert(Instant.now().minus(Duration.ofHours(25)));

    assertThat(found("?actor=" + actor)).hasSize(1);
    assertThat(found("?actor=" + actor + "&to=" + Instant.now().minus(Duration.ofHours(2))))
        .hasSize(2);
    assertThat(found("?actor=" + actor + "&from=" + Instant.now().minus(Duration.ofDays(20))))
        .hasSize(2);
  }

  @Test
  void allPagesShareTheDefaultTime() throws InterruptedException {
    Instant dayAgo = Instant.now().minus(Duration.ofHours(24));
    insert(dayAgo.plusMillis(900));
    insert(dayAgo.plusMillis(910));

    Answer first = as("auditor").get(EVENTS + "?limit=1&actor=" + actor);
    Thread.sleep(1_000);
    String link = String.valueOf(first.header("Link"));
    Answer second = as("auditor").get(link.substring(1, link.indexOf('>')));

    assertThat(ids(first)).hasSize(1);
    assertThat(ids(second)).hasSize(1).doesNotContainAnyElementsOf(ids(first));
    assertThat(second.header("Link")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "credentialId=019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42",
        "rotationId=019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70",
        "subject=apps/crm/connectors/nobody"
      })
  void narrowSearchHasNoLimitInTime(String narrow) {
    String year = "&from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z";

    assertThat(as("payments").get(EVENTS + "?" + narrow + year).status()).isEqualTo(200);
    assertThat(as("payments").get(EVENTS + "?actor=payments" + year).text("/detail"))
        .contains("92 days", "credentialId");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "type=rotation; type has to be one or more of",
        "type=ROTATION_REQUESTED; type has to be one or more of",
        "outcome=ok; outcome has to be one or more of",
        "upstream=Keycard!; upstream has to be",
        "upstream=a%00; upstream has to be",
        "actor=a%00b; actor has to be",
        "team=%0A; team has",
        "subject=apps%2Fcrm%2F%25; subject has to have the form",
        "subject=apps/*/connectors/okta; subject has to have the form",
        "subject=apps/**; subject has to have the form",
        "credentialId=1; credentialId has to be a UUID",
        "rotationId=x; rotationId has to be a UUID",
        "q=; q has no value",
        "q=+; q has no value",
        "q=%27%3A*; a letter or a digit",
        "q=%E2%80%93; a letter or a digit",
        "from=yesterday; from has to be",
        "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z; from has to be before to",
        "to=1969-12-31T00:00:00Z; years 1970",
        "limit=0; limit has to be 1 to 500",
        "limit=501; limit has to be 1 to 500",
        "limit=ten; limit has to be a whole number",
        "limit=0x10; limit has to be a whole number",
        "limit=%2B5; limit has to be a whole number",
        "limit=1%200; limit has to be a whole number",
        "limit=%D9%A1; limit has to be a whole number",
        "limit=99999999999; limit has to be a whole number",
        "cursor=x; Send cursor as nextCursor gave it",
        "type=access.denied,; type has to be one or more of",
        "from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z; from may be given once",
        "q=a&q=b; q may be given once",
        "sort=asc; `sort` is not known here; known are [actor, credentialId,"
      })
  void malformedParametersAreRefusedWithAdvice(String parameters, String advice) {
    Answer answer = as("payments").get(EVENTS + "?" + parameters);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains(advice);
  }

  @Test
  void headersAreNotReadAsParameters() {
    as("payments").post(ROTATE, OKTA);
    Http http =
        as("payments")
            .with("From", "somebody@example.org")
            .with("Team", "search")
            .with("Limit", "0")
            .with("Q", "nothing");

    Answer answer = http.get(EVENTS + "?q=" + requestId);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(ids(answer)).hasSize(2);
  }

  @Test
  void tooLongParametersAreRefused() {
    assertThat(as("payments").get(EVENTS + "?q=" + "a".repeat(201)).text("/detail"))
        .contains("at most 200 characters");
    assertThat(as("payments").get(EVENTS + "?q=" + "a".repeat(200)).status()).isEqualTo(200);
    assertThat(as("payments").get(EVENTS + "?actor=" + "a".repeat(256)).status()).isEqualTo(400);
    assertThat(as("payments").get(EVENTS + "?subject=" + "a".repeat(601)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "actor=payments",
        "team=payments",
        "outcome=succeeded",
        "upstream=keycard",
        "subject=apps/*",
        "rotationId=019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70",
        "q=okta",
        "from=2026-11-01T00:00:00Z"
      })
  void cursorOfAnotherFilterIsRefused(String parameter) {
    as("payments").post(ROTATE, OKTA);
    String cursor = as("payments").get(EVENTS + "?limit=1").text("/nextCursor");

    Answer answer = as("payments").get(EVENTS + "?limit=1&" + parameter + "&cursor=" + cursor);

    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void eventIsReadByIdBeforeItIsSealed() {
    as("payments").post(ROTATE, OKTA);
    var listed = as("payments").get(EVENTS + "?limit=1&q=" + requestId).body().at("/items/0");

    Answer one = as("payments").get(EVENTS + "/" + listed.at("/id").asString());

    assertThat(one.status()).isEqualTo(200);
    assertThat(one.text("/requestId")).isEqualTo(requestId);
    assertThat(one.body().propertyNames()).hasSameElementsAs(listed.propertyNames());
  }

  @Test
  void sealedEventHasItsSequenceNumber() {
    UUID id = insert(Instant.now().minus(Duration.ofHours(30)));
    var byActor =
        new AuditSearch(
            new EventQuery(Values.of(actor), null, null).filter(), TimeRange.UNBOUNDED, null);

    // Rolled back, since only the sealer may write the chain.
    var transaction = new TransactionTemplate(transactions);
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    transaction.executeWithoutResult(
        rolledBack -> {
          rolledBack.setRollbackOnly();
          jdbc.sql(
                  "insert into audit_seal select 4711000000, id, occurred_at, sha256(''),"
                      + " sha256('') from audit_event where id = :id"
                      + " on conflict (event_id) do nothing")
              .param("id", id)
              .update();
          var byId = events.find(id).orElseThrow();
          var bySearch = events.find(byActor, new Visibility.All(), null, 2);
          assertThat(byId.seq()).isPositive();
          assertThat(bySearch).containsExactly(byId);
        });
  }

  @Test
  void invisibleEventIsNotFound() {
    as("search").post(ROTATE, json("appId", "crm", "connectorId", "github"));
    String theirs = ids(as("search").get(EVENTS + "?limit=1")).getFirst();
    as("viewer").post(ROTATE, OKTA);
    String aboutNothing =
        ids(as("auditor").get(EVENTS + "?limit=1&type=access.denied&actor=viewer")).getFirst();

    Answer missing = as("payments").get(EVENTS + "/019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192");

    assertThat(missing.status()).isEqualTo(404);
    for (String id : List.of(theirs, aboutNothing)) {
      assertThat(as("payments").get(EVENTS + "/" + id).body()).isEqualTo(missing.body());
      assertThat(as("auditor").get(EVENTS + "/" + id).status()).isEqualTo(200);
    }
    assertThat(as("payments").get(EVENTS + "/x").status()).isEqualTo(400);
  }

  @Test
  void callerWithoutGrantsFindsNothing() {
    as("payments").post(ROTATE, OKTA);

    assertThat(events.find(AuditSearch.ALL, new Visibility.Only(List.of()), null, 10)).isEmpty();
  }

  private List<String> types(String parameters) {
    return as("auditor")
        .get(EVENTS + parameters)
        .body()
        .at("/items")
        .valueStream()
        .map(event -> event.at("/type").asString())
        .toList();
  }

  private List<String> found(String parameters) {
    return ids(as("auditor").get(EVENTS + parameters));
  }

  private static List<String> ids(Answer page) {
    var ids = new ArrayList<String>();
    page.body().at("/items").forEach(event -> ids.add(event.at("/id").asString()));
    return ids;
  }

  private UUID insert(Instant at) {
    var id = UUID.randomUUID();
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
            + " values (?, 'access.denied', ?::timestamptz, ?, 'caller')",
        id,
        at.toString(),
        actor);
    return id;
  }
}
