package dev.rekey.finding;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Scrape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** The findings over HTTP: each kind, each decision, and who sees what. */
class FindingsIT extends RekeyIT {

  private static final String FINDINGS = "/api/v1/findings";
  private static final String GITHUB_SUBJECT = "apps/crm/connectors/github";
  private static final String UNOWNED = "apps/hr/connectors/workday";
  private static final Duration DAY = Duration.ofDays(1);

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("rekey.access.grants[0].team", () -> "payments");
    registry.add("rekey.access.grants[0].subjects[0]", () -> OKTA_SUBJECT);
    registry.add("rekey.access.grants[0].subjects[1]", () -> "organizations/*/service-accounts/*");
    registry.add("rekey.access.grants[1].team", () -> "search");
    registry.add("rekey.access.grants[1].subjects[0]", () -> GITHUB_SUBJECT);
    registry.add("rekey.access.grants[2].team", () -> "admin");
    registry.add("rekey.access.grants[2].subjects[0]", () -> "apps/crm/connectors/*");
    registry.add("rekey.owners[0].subjects[0]", () -> OKTA_SUBJECT);
    registry.add("rekey.owners[0].team", () -> "Identity");
    registry.add("rekey.owners[0].contact", () -> "#identity");
    registry.add("rekey.owners[0].link", () -> "https://wiki.example.com/identity");
    registry.add("rekey.notifications.targets[0].name", () -> "pager");
    registry.add("rekey.notifications.targets[0].url", () -> "http://localhost:1/never-called");
    registry.add("rekey.notifications.targets[0].secrets[0]", () -> "never-used-to-sign-anything");
    registry.add("rekey.notifications.targets[0].types[0]", () -> "finding.opened");
    registry.add("rekey.notifications.deliver-every", () -> "P1D");
  }

  @Autowired private FindingJob job;
  @Autowired private FindingMetrics metrics;

  @BeforeEach
  void nothingIsKnown() {
    postgres().empty();
  }

  @Test
  void overdueCredential() {
    UUID id = credential(OKTA_SUBJECT, "expires_at = now() - interval '2 days'");

    JsonNode finding = only("overdue");

    assertThat(finding.at("/severity").asString()).isEqualTo("high");
    assertThat(finding.at("/state").asString()).isEqualTo("open");
    assertThat(finding.at("/credentialId").asString()).isEqualTo(id.toString());
    assertThat(finding.at("/upstreamId").asString()).isEqualTo(id.toString());
    assertThat(finding.at("/subject").asString()).isEqualTo(OKTA_SUBJECT);
    assertThat(finding.at("/upstream").asString()).isEqualTo("conductorone");
    assertThat(finding.at("/evidence/expiresAt")).isEqualTo(finding.at("/since"));
    assertThat(finding.at("/evidence/rotationDueAt").isNull()).isTrue();
    assertThat(finding.at("/owner/team").asString()).isEqualTo("Identity");
    assertThat(finding.at("/owner/contact").asString()).isEqualTo("#identity");
    assertThat(finding.at("/owner/link").asString()).isEqualTo("https://wiki.example.com/identity");
    assertThat(finding.at("/nextStep").asString()).startsWith("Rotate the credential");
    assertThat(finding.at("/decision").isNull()).isTrue();
    assertThat(finding.at("/resolvedAt").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          too-old | created_at = now() - interval '366 days' | maxAge | PT8760H
          never-used | last_used_at = null, created_at = now() - interval '31 days' | period | PT720H
          unused | last_used_at = now() - interval '91 days' | period | PT2160H
          expiring-without-policy | expires_at = now() + interval '29 days' | |
          made-past-rekey | origin = 'DISCOVERED' | |
          """)
  void credentialOfEachKind(
      String kind, String facts, @Nullable String fact, @Nullable String value) {
    UUID id = credential(GITHUB_SUBJECT, facts);

    JsonNode finding = only(kind);

    assertThat(finding.at("/credentialId").asString()).isEqualTo(id.toString());
    if (fact != null) {
      assertThat(finding.at("/evidence/" + fact).asString()).isEqualTo(value);
    }
  }

  @Test
  void credentialThatItsPolicyWantedToRotate() {
    credential(OKTA_SUBJECT, "created_at = now() - interval '366 days'");

    JsonNode overdue =
        compute().stream()
            .filter(each -> each.at("/kind").asString().equals("overdue"))
            .findFirst()
            .orElseThrow();

    assertThat(overdue.at("/evidence/expiresAt").isNull()).isTrue();
    assertThat(overdue.at("/evidence/rotationDueAt")).isEqualTo(overdue.at("/since"));
  }

  @Test
  void secondActiveCredentialOfASubject() {
    UUID old = credential(OKTA_SUBJECT, "created_at = now() - interval '3 days'");
    UUID second = credential(OKTA_SUBJECT, "created_at = now() - interval '1 day'");

    JsonNode finding = only("two-live");

    assertThat(finding.at("/credentialId").isNull()).isTrue();
    assertThat(finding.at("/evidence/credentials").asInt()).isEqualTo(2);
    assertThat(finding.at("/evidence/oldest").asString()).isEqualTo(old.toString());
    assertThat(finding.at("/evidence/newest").asString()).isEqualTo(second.toString());
  }

  @Test
  void secretThatAPersonGot() {
    UUID id = credential(OKTA_SUBJECT, "origin = 'MINTED'");
    UUID rotation = rotation(id, "person");

    JsonNode finding = only("shown-to-person");

    assertThat(finding.at("/evidence/rotationId").asString()).isEqualTo(rotation.toString());
    assertThat(finding.at("/evidence/person").asString()).isEqualTo("ada");
    execute("update rotation set actor_kind = 'caller'");
    assertThat(compute()).isEmpty();
  }

  @Test
  void deliveryThatFailed() {
    UUID rotation = rotation(credential(OKTA_SUBJECT, "origin = 'MINTED'"), "system");
    execute(
        """
        insert into rotation_attempt (
          id, rotation_id, number, state, started_at, closed_at, lease_until)
        values (?, ?, 1, 'SUCCEEDED', now(), now(), now())
        """,
        rotation,
        rotation);
    execute(
        """
        insert into secret_delivery (
          rotation_id, attempt_id, target, place, mode, state, last_failure, reserved_at)
        values (?, ?, 'okta-secret', 'kubernetes/identity/okta', 'ONLY', 'PARKED', 'no access', now())
        """,
        rotation,
        rotation);

    JsonNode finding = only("delivery-failed");

    assertThat(finding.at("/severity").asString()).isEqualTo("critical");
    assertThat(finding.at("/evidence/target").asString()).isEqualTo("okta-secret");
    assertThat(finding.at("/evidence/failure").asString()).isEqualTo("no access");
  }

  @Test
  void subjectWithoutAnOwner() {
    credential(UNOWNED, "origin = 'MINTED'");

    JsonNode finding = only("no-owner");

    assertThat(finding.at("/owner").isNull()).isTrue();
    assertThat(finding.at("/evidence/credentials").asInt()).isOne();
  }

  @Test
  void acceptanceThatRunsOutReopens() {
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));
    Instant until = Instant.now().plus(DAY);

    Answer accepted =
        as("payments")
            .post(path + "/accept", json("until", until.toString(), "reason", "it is known"));

    assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(200);
    assertThat(accepted.text("/state")).isEqualTo("accepted");
    assertThat(accepted.text("/decision/by")).isEqualTo("payments");
    assertThat(accepted.text("/decision/reason")).isEqualTo("it is known");
    assertThat(compute()).isEmpty();
    assertThat(all("state=accepted")).hasSize(1);

    execute("update finding set until = now() - interval '1 second'");
    JsonNode reopened = only("made-past-rekey");

    assertThat(path(reopened)).isEqualTo(path);
    assertThat(reopened.at("/state").asString()).isEqualTo("open");
    assertThat(reopened.at("/decision").isNull()).isTrue();
    assertThat(history())
        .containsExactly(
            "finding.opened rekey system",
            "finding.accepted payments caller",
            "finding.reopened rekey system");
    JsonNode event = as("payments").get("/api/v1/audit-events?type=finding.accepted").body();
    assertThat(event.at("/items/0/reason").asString()).isEqualTo("it is known");
    assertThat(event.at("/items/0/subject").asString()).isEqualTo(OKTA_SUBJECT);
    assertThat(event.at("/items/0/changes/1/to").asString()).isEqualTo("made-past-rekey");
  }

  @Test
  void acceptedFindingWhoseConditionIsGoneDoesNotReopen() {
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));
    as("payments")
        .post(
            path + "/accept",
            json("until", Instant.now().plus(DAY).toString(), "reason", "it is known"));
    execute("update finding set until = now() - interval '1 second'");
    execute("update credential set origin = 'ADOPTED'");

    assertThat(compute()).isEmpty();

    assertThat(as("payments").get(path).text("/state")).isEqualTo("resolved");
    assertThat(history())
        .containsExactly(
            "finding.opened rekey system",
            "finding.accepted payments caller",
            "finding.resolved rekey system");
  }

  @Test
  void decisionStillAppliesIfTheConditionHoldsAgainBeforeItsEnd() {
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));
    as("payments")
        .post(
            path + "/accept",
            json("until", Instant.now().plus(DAY).toString(), "reason", "it is known"));
    execute("update credential set status = 'MISSING'");
    assertThat(compute()).isEmpty();
    assertThat(as("payments").get(path).text("/state")).isEqualTo("resolved");

    execute("update credential set status = 'ACTIVE'");
    assertThat(compute()).isEmpty();

    assertThat(as("payments").get(path).text("/state")).isEqualTo("accepted");
    assertThat(as("payments").get(path).text("/decision/reason")).isEqualTo("it is known");
    assertThat(history())
        .containsExactly(
            "finding.opened rekey system",
            "finding.accepted payments caller",
            "finding.resolved rekey system",
            "finding.accepted rekey system");

    execute("update credential set status = 'MISSING'");
    assertThat(compute()).isEmpty();
    execute("update finding set until = now() - interval '1 second'");
    execute("update credential set status = 'ACTIVE'");

    assertThat(only("made-past-rekey").at("/decision").isNull()).isTrue();
  }

  @Test
  void snoozedFindingIsReopenedByHandOrByItself() {
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));
    String until = json("until", Instant.now().plus(DAY).toString());

    assertThat(as("payments").post(path + "/snooze", until).text("/state")).isEqualTo("snoozed");
    assertThat(as("payments").post(path + "/reopen", json("reason", "now")).text("/state"))
        .isEqualTo("open");
    assertThat(as("payments").post(path + "/snooze", until).text("/decision/until"))
        .startsWith("20");
    execute("update finding set until = now() - interval '1 second'");

    assertThat(compute()).hasSize(1);
    assertThat(history())
        .containsExactly(
            "finding.opened rekey system",
            "finding.snoozed payments caller",
            "finding.reopened payments caller",
            "finding.snoozed payments caller",
            "finding.reopened rekey system");
  }

  @Test
  void resolvedFindingThatComesBackIsOpenedAgain() {
    UUID id = credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));

    execute("update credential set status = 'RETIRED' where id = ?", id);
    assertThat(compute()).isEmpty();
    assertThat(as("payments").get(path).text("/resolvedAt")).startsWith("20");
    execute("update credential set status = 'ACTIVE' where id = ?", id);

    assertThat(path(only("made-past-rekey"))).isEqualTo(path);
    assertThat(history())
        .containsExactly(
            "finding.opened rekey system",
            "finding.resolved rekey system",
            "finding.opened rekey system");
  }

  @Test
  void evidenceFollowsTheFacts() {
    credential(OKTA_SUBJECT, "last_used_at = now() - interval '91 days'");
    String before = only("unused").at("/evidence/lastUsedAt").asString();
    execute("update credential set last_used_at = now() - interval '95 days'");

    assertThat(only("unused").at("/evidence/lastUsedAt").asString()).isLessThan(before);
    assertThat(history()).containsExactly("finding.opened rekey system");
  }

  @Test
  void findingOfAnotherTeamDoesNotExist() {
    credential(GITHUB_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));

    assertThat(all("")).isEmpty();
    Answer read = as("payments").get(path);
    Answer accepted =
        as("payments")
            .post(
                path + "/accept",
                json("until", Instant.now().plus(DAY).toString(), "reason", "mine"));

    for (Answer refused : List.of(read, accepted)) {
      assertThat(refused.status()).isEqualTo(404);
      assertThat(refused.text("/type")).isEqualTo("/problems/not-found");
    }
    assertThat(
            numberOf(
                "select count(*) from audit_event where type = 'access.denied' and subject = ?",
                GITHUB_SUBJECT))
        .isPositive();
    assertThat(as("search").get(path).status()).isEqualTo(200);
  }

  @Test
  void decisionsThatAreRefused() {
    UUID id = credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    String path = path(only("made-past-rekey"));
    String soon = Instant.now().plus(DAY).toString();

    refused(path + "/accept", json("until", soon), 400, "invalid-request");
    refused(path + "/accept", json("reason", "x"), 400, "invalid-request");
    refused(path + "/accept", json("until", after(366), "reason", "x"), 400, "invalid-request");
    refused(path + "/accept", json("until", after(-1), "reason", "x"), 400, "invalid-request");
    refused(path + "/snooze", json("until", after(91)), 400, "invalid-request");
    refused(path + "/snooze", "{\"until\":1}", 400, "invalid-request");
    refused(path + "/reopen", "{}", 409, "wrong-state");
    as("payments").post(path + "/accept", json("until", soon, "reason", "x"));
    refused(path + "/snooze", json("until", soon), 409, "wrong-state");
    execute("update credential set status = 'RETIRED' where id = ?", id);
    compute();
    refused(path + "/accept", json("until", soon, "reason", "x"), 409, "wrong-state");
    refused(FINDINGS + "/" + UUID.randomUUID() + "/reopen", "{}", 404, "not-found");
  }

  private static String after(int days) {
    return Instant.now().plus(DAY.multipliedBy(days)).toString();
  }

  private void refused(String path, String body, int status, String problem) {
    Answer answer = as("payments").post(path, body);
    assertThat(answer.status()).as(path + " " + body).isEqualTo(status);
    assertThat(answer.text("/type")).isEqualTo("/problems/" + problem);
  }

  @Test
  void searchHasFiltersOrdersAndPages() {
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED', expires_at = now() - interval '1 day'");
    credential(GITHUB_SUBJECT, "origin = 'DISCOVERED'");
    credential(UNOWNED, "last_used_at = now() - interval '99 days'");
    job.compute();

    assertThat(found("")).hasSize(5);
    assertThat(found("kind=overdue,no-owner")).hasSize(2);
    assertThat(found("kind=!made-past-rekey")).hasSize(3);
    assertThat(found("severity=medium")).containsExactlyInAnyOrder("unused", "no-owner");
    assertThat(found("severity=medium&kind=overdue")).isEmpty();
    assertThat(found("severity=low")).isEmpty();
    assertThat(found("state=resolved,accepted")).isEmpty();
    assertThat(found("upstream=keycard")).isEmpty();
    assertThat(found("subject=apps/crm/*")).hasSize(3);
    assertThat(found("team=search")).containsExactly("made-past-rekey");
    assertThat(found("owner=Identity")).containsExactlyInAnyOrder("made-past-rekey", "overdue");
    assertThat(found("owner=search")).containsExactly("made-past-rekey");
    assertThat(found("owner=payments")).isEmpty();
    assertThat(found("sort=since").getLast()).isEqualTo(found("sort=-since").getFirst());
    assertThat(as("admin").get(FINDINGS + "?total=estimate").body().at("/total/count").asInt())
        .isEqualTo(5);
    assertThat(as("admin").get(FINDINGS + "?fields=kind,owner.team&limit=1").body().at("/items/0"))
        .hasSize(2);
    var paged = new ArrayList<String>();
    String next = FINDINGS + "?limit=2&sort=since";
    while (next != null) {
      JsonNode page = as("admin").get(next).body();
      page.at("/items").forEach(each -> paged.add(each.at("/id").asString()));
      JsonNode cursor = page.at("/nextCursor");
      next = cursor.isNull() ? null : FINDINGS + "?limit=2&sort=since&cursor=" + cursor.asString();
    }
    assertThat(paged).hasSize(5).doesNotHaveDuplicates();
    for (String invalid : List.of("kind=odd", "state=gone", "sort=kind", "severity=huge")) {
      assertThat(as("admin").get(FINDINGS + "?" + invalid).text("/type"))
          .isEqualTo("/problems/invalid-parameter");
    }
  }

  private List<String> found(String parameters) {
    return as("admin")
        .get(FINDINGS + "?" + parameters)
        .body()
        .at("/items")
        .valueStream()
        .map(each -> each.at("/kind").asString())
        .toList();
  }

  @Test
  void twoReplicasOpenAFindingOnce() {
    IntStream.range(0, 60).forEach(_ -> credential(UNOWNED, "origin = 'DISCOVERED'"));

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> replicas =
          IntStream.range(0, 4)
              .mapToObj(_ -> CompletableFuture.runAsync(job::compute, threads))
              .toList();
      replicas.forEach(CompletableFuture::join);
    }
    job.compute();

    assertThat(numberOf("select count(*) from finding where kind = 'made-past-rekey'"))
        .isEqualTo(60);
    assertThat(numberOf("select count(*) from audit_event where type = 'finding.opened'"))
        .isEqualTo(numberOf("select count(*) from finding"));
  }

  @Test
  void replicasComputeOnceInAnInterval() {
    credential(UNOWNED, "origin = 'MINTED'");
    job.sweep();
    credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");

    job.sweep();
    assertThat(all("kind=made-past-rekey")).isEmpty();

    execute("update finding_run set begun_at = now() - interval '1 day'");
    job.sweep();
    assertThat(all("kind=made-past-rekey")).hasSize(1);
  }

  @Test
  void openedFindingSendsAWebhook() {
    UUID id = credential(OKTA_SUBJECT, "origin = 'DISCOVERED'");
    job.compute();
    execute("update credential set status = 'RETIRED' where id = ?", id);
    job.compute();

    assertThat(query("select target, event_type, body::text as body from webhook_delivery"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row)
                  .containsEntry("target", "pager")
                  .containsEntry("event_type", "finding.opened");
              assertThat(String.valueOf(row.get("body"))).contains("made-past-rekey", OKTA_SUBJECT);
            });
  }

  @Test
  void openFindingsAreMeasured() {
    credential(UNOWNED, "origin = 'MINTED'");
    job.compute();
    metrics.measure();

    Scrape scrape = Scrape.of(management());

    assertThat(scrape.of("rekey_findings{kind=\"no-owner\",severity=\"medium\"}")).isOne();
    assertThat(scrape.of("rekey_findings{kind=\"overdue\",severity=\"high\"}")).isZero();
  }

  @Test
  void openFindingsAreCountedForEachCaller() {
    finding("unused", OKTA_SUBJECT, "{}");
    finding("unused", GITHUB_SUBJECT, "{}");
    finding("overdue", OKTA_SUBJECT, "{}");
    as("payments")
        .post(
            FINDINGS + "/" + finding("too-old", OKTA_SUBJECT, "{}") + "/snooze",
            json("until", after(1)));

    assertThat(counted("admin", "no-cache")).containsExactly("overdue 1", "unused 2");
    assertThat(counted("payments", "no-cache")).containsExactly("overdue 1", "unused 1");
    assertThat(counted("search", "no-cache")).containsExactly("unused 1");
  }

  @Test
  void countsHaveEveryKindWithItsSeverity() {
    assertThat(
            as("admin")
                .get(FINDINGS + "/counts")
                .body()
                .at("/kinds")
                .valueStream()
                .map(each -> each.at("/kind").asString() + " " + each.at("/severity").asString()))
        .containsExactlyElementsOf(
            Stream.of(FindingKind.values()).map(kind -> kind + " " + kind.severity()).toList());
  }

  @Test
  void countsAreSharedUntilACallerWantsNewOnes() {
    assertThat(counted("admin", "no-cache")).isEmpty();
    finding("overdue", OKTA_SUBJECT, "{}");

    assertThat(counted("admin", "max-age=60")).as("shared for 5 s").isEmpty();
    assertThat(counted("admin", "no-cache")).containsExactly("overdue 1");
    assertThat(counted("admin", "max-age=60")).containsExactly("overdue 1");
  }

  /** The kinds with open findings, and how many there are. */
  private List<String> counted(String caller, String cacheControl) {
    return as(caller)
        .with("Cache-Control", cacheControl)
        .get(FINDINGS + "/counts")
        .body()
        .at("/kinds")
        .valueStream()
        .filter(each -> each.at("/open").asLong() > 0)
        .map(each -> each.at("/kind").asString() + " " + each.at("/open").asLong())
        .toList();
  }

  @Test
  void inventoryShowsTheOwner() {
    credential(OKTA_SUBJECT, "origin = 'MINTED'");
    credential(GITHUB_SUBJECT, "origin = 'MINTED'");
    credential(UNOWNED, "origin = 'MINTED'");

    Map<String, String> owners =
        as("admin")
            .get("/api/v1/credentials")
            .body()
            .at("/items")
            .valueStream()
            .collect(
                Collectors.toMap(
                    each -> each.at("/subject").asString(), each -> each.at("/owner").toString()));

    assertThat(owners)
        .containsEntry(
            OKTA_SUBJECT,
            "{\"team\":\"Identity\",\"contact\":\"#identity\",\"link\":\"https://wiki.example.com/identity\"}")
        .containsEntry(GITHUB_SUBJECT, "{\"team\":\"search\",\"contact\":null,\"link\":null}")
        .containsEntry(UNOWNED, "null");
    assertThat(as("admin").get("/api/v1/credentials?format=csv").raw().body())
        .contains("Identity,\"#identity\",https://wiki.example.com/identity");
  }

  /** Adds a credential that is no finding but for these facts. */
  private static UUID credential(String subject, String facts) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into credential (
          id, upstream, subject, upstream_id, status, origin, created_at, last_used_at,
          recorded_at, observed_at, version)
        values (?, 'conductorone', ?, ?, 'ACTIVE', 'MINTED', now() - interval '1 hour',
          now() - interval '1 minute', now(), now(), 0)
        """,
        id,
        subject,
        id.toString());
    execute("update credential set " + facts + " where id = ?", id);
    return id;
  }

  private static UUID rotation(UUID credential, String actorKind) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into rotation (
          id, upstream, subject, target, state, actor_kind, actor_id, requested_at, closed_at,
          credential_id, delivered_at)
        values (?, 'conductorone', ?, 'a', 'SUCCEEDED', ?, 'ada', now(), now(), ?, now())
        """,
        id,
        OKTA_SUBJECT,
        actorKind,
        credential);
    return id;
  }

  /** Computes the findings, and returns the open ones that the team payments sees. */
  private List<JsonNode> compute() {
    job.compute();
    return all("");
  }

  private List<JsonNode> all(String parameters) {
    return items("payments", parameters);
  }

  private List<JsonNode> items(String caller, String parameters) {
    Answer answer = as(caller).get(FINDINGS + "?" + parameters);
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.body().at("/items").valueStream().toList();
  }

  /** Computes the findings, and returns the only open one. */
  private JsonNode only(String kind) {
    job.compute();
    List<JsonNode> open = items("admin", "");
    assertThat(open).extracting(each -> each.at("/kind").asString()).containsExactly(kind);
    return open.getFirst();
  }

  private static String path(JsonNode finding) {
    return FINDINGS + "/" + finding.at("/id").asString();
  }

  private static List<String> history() {
    return query(
            """
            select type || ' ' || actor_id || ' ' || actor_kind as event from audit_event
            where type like 'finding.%' order by occurred_at, id
            """)
        .stream()
        .map(row -> (String) row.get("event"))
        .toList();
  }
}
