package dev.rekey.automation;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static dev.rekey.run.KubernetesControl.dryRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.automation.AutomationLedger.Claim;
import dev.rekey.automation.AutomationLedger.Obsolete;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import dev.rekey.upstream.UpstreamName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;

/** Policies rotate what is due, and deliver it. */
class AutomationIT extends RekeyIT {

  private static final String CHECKOUT_SUBJECT = "organizations/acme/service-accounts/checkout";
  private static final String POLICIES = "/api/v1/policies";
  private static final String PAUSE = POLICIES + "/pause";
  private static final String RESUME = POLICIES + "/resume";

  @Autowired private DueRotations rotations;
  @Autowired private Schedule schedule;
  @Autowired private AutomationLedger ledger;
  @Autowired private AutomationMetrics metrics;
  @Autowired private TransactionTemplate transaction;
  @Autowired private Clock clock;

  private final KubernetesControl cluster = new KubernetesControl(surroundings().sandbox());

  @BeforeEach
  void noPolicyHasRotatedYet() {
    cluster.up();
    cluster.clearFaults();
    execute("delete from secret_delivery");
    execute("delete from automation_pause");
    execute("delete from automation");
    execute("update credential set status = 'RETIRED' where status in ('ACTIVE', 'RETIRING')");
    rotations.sweep();
    execute("update automation set since = since - interval '400 days'");
  }

  @AfterEach
  void nothingIsDueForOtherTests() {
    cluster.up();
    cluster.clearFaults();
    execute("delete from secret_delivery");
    execute("delete from automation_pause");
    execute("update credential set status = 'RETIRED' where status in ('ACTIVE', 'RETIRING')");
  }

  @Test
  void dueConnectorIsRotatedAndDelivered() {
    String old = dueConnector();

    rotations.sweep();

    JsonNode rotation = newest(OKTA_SUBJECT);
    assertThat(rotation.at("/state").asString()).isEqualTo("SUCCEEDED");
    assertThat(rotation.at("/delivery/state").asString()).isEqualTo("DELIVERED");
    assertThat(rotation.at("/requestedBy/id").asString()).isEqualTo("policy/connectors");
    assertThat(rotation.at("/credentialId").asString()).isNotEqualTo(old);
    assertThat(cluster.secret("identity", "okta-connector").orElseThrow().annotations())
        .containsEntry("rekey.dev/rotation-id", rotation.at("/id").asString());
    assertThat(row(rotation.at("/credentialId").asString()).at("/rotationWaitsFor").asString())
        .isEqualTo("DUE_TIME");
  }

  @Test
  void historyNamesThePolicyAndTheReason() {
    dueConnector();

    rotations.sweep();

    JsonNode requested =
        as("payments")
            .get("/api/v1/audit-events?actor=policy/connectors&type=rotation.requested")
            .body()
            .at("/items/0");
    assertThat(requested.at("/actor/kind").asString()).isEqualTo("system");
    assertThat(requested.at("/subject").asString()).isEqualTo(OKTA_SUBJECT);
    assertThat(requested.at("/reason").asString()).startsWith("due since 20");
  }

  @Test
  void dueServiceAccountKeepsItsOldCredentialForTheOverlap() {
    String old = dueAccount();

    rotations.sweep();

    JsonNode rotation = newest(CHECKOUT_SUBJECT);
    assertThat(rotation.at("/delivery/state").asString()).isEqualTo("DELIVERED");
    assertThat(rotation.at("/replaces").asString()).isEqualTo(old);
    assertThat(rotation.at("/graceSeconds").asInt()).isEqualTo(7 * 24 * 60 * 60);
    assertThat(rotation.at("/confirmOnFirstUse").asBoolean()).isTrue();
    assertThat(row(old).at("/status").asString()).isIn("ACTIVE", "RETIRING");
  }

  @Test
  void nothingIsRotatedTwice() {
    dueConnector();

    try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 8).forEach(_ -> replicas.execute(rotations::sweep));
    }
    rotations.sweep();

    assertThat(rotationsBy("policy/connectors")).isEqualTo(1);
  }

  @Test
  void manualRotationResetsTheClock() {
    dueConnector();
    Answer manual = rotateOkta();

    rotations.sweep();

    assertThat(rotationsBy("policy/connectors")).isZero();
    Instant next = Instant.parse(row(credential(manual)).at("/nextRotationAt").asString());
    assertThat(next)
        .isBetween(
            clock.instant().plus(Duration.ofDays(59)), clock.instant().plus(Duration.ofDays(61)));
  }

  @Test
  void whatIsOverdueUnderANewPolicyGetsAPlaceInTheRamp() {
    String old = dueConnector();
    execute("delete from automation");

    rotations.sweep();

    assertThat(rotationsBy("policy/connectors")).isZero();
    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("FIRST_SLOT");
    assertThat(Instant.parse(row(old).at("/nextRotationAt").asString()))
        .isAfter(clock.instant().plus(Duration.ofHours(16)))
        .isBefore(clock.instant().plus(Duration.ofDays(7)));
  }

  @Test
  void credentialThatIsDiscoveredOverdueGetsAPlaceInTheRamp() {
    String old = dueConnector();
    execute("update credential set recorded_at = now() where id = ?::uuid", old);

    rotations.sweep();

    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("FIRST_SLOT");
  }

  @Test
  void pausedSubjectIsNotRotated() {
    String old = dueConnector();
    Instant until = clock.instant().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);

    Answer paused =
        as("admin")
            .post(
                PAUSE, json("subject", OKTA_SUBJECT, "until", until.toString(), "reason", "audit"));
    rotations.sweep();

    assertThat(paused.status()).isEqualTo(200);
    assertThat(paused.text("/pausedBy")).isEqualTo("admin");
    assertThat(rotationsBy("policy/connectors")).isZero();
    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("PAUSE");
    assertThat(Instant.parse(row(old).at("/nextRotationAt").asString())).isEqualTo(until);
    assertThat(preview("payments").at("/items/0/why").asString())
        .isEqualTo("admin paused it until " + until + ": audit");
    assertThat(events()).contains("automation.paused");

    assertThat(
            as("admin")
                .post(RESUME, json("subject", OKTA_SUBJECT, "reason", "audit is over"))
                .status())
        .isEqualTo(204);
    rotations.sweep();

    assertThat(rotationsBy("policy/connectors")).isEqualTo(1);
    assertThat(events()).contains("automation.resumed");
  }

  @Test
  void pauseOfAllStopsEverySubjectUntilItEnds() {
    dueConnector();
    dueAccount();
    as("admin")
        .post(
            PAUSE,
            json("until", clock.instant().plusSeconds(3_600).toString(), "reason", "incident"));

    rotations.sweep();
    assertThat(rotationsBy("policy/connectors") + rotationsBy("policy/accounts")).isZero();
    assertThat(as("payments").get(POLICIES).body().at("/pauses/0/reason").asString())
        .isEqualTo("incident");

    execute("update automation_pause set until = now() - interval '1 second'");
    rotations.sweep();
    assertThat(rotationsBy("policy/connectors")).isEqualTo(1);
    assertThat(rotationsBy("policy/accounts")).isEqualTo(1);
  }

  @Test
  void onlyAdminsPauseAndResume() {
    String body = json("until", clock.instant().plusSeconds(60).toString(), "reason", "I want to");

    assertThat(as("payments").post(PAUSE, body).status()).isEqualTo(403);
    assertThat(as("payments").post(RESUME, json("reason", "I want to")).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /pause | {} | 400 | invalid-request
          /pause | {"reason":"x"} | 400 | invalid-request
          /pause | {"reason":"x","until":1796256000} | 400 | invalid-request
          /pause | {"reason":"x","until":"tomorrow"} | 400 | invalid-request
          /pause | {"reason":"x","until":"2020-01-01T00:00:00Z"} | 400 | invalid-request
          /pause | {"reason":"x","until":"2999-01-01T00:00:00Z"} | 400 | invalid-request
          /pause | {"reason":"a\\nb","until":"2020-01-01T00:00:00Z"} | 400 | invalid-request
          /resume | {"reason":"x","subject":"apps/crm/connectors/github"} | 400 | invalid-request
          /resume | {"reason":"x","subject":"apps/crm/connectors/okta"} | 409 | wrong-state
          /resume | {"reason":"x"} | 409 | wrong-state
          """)
  void badDecisionsAreRefused(String path, String body, int status, String problem) {
    Answer answer = as("admin").post(POLICIES + path, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text("/type")).endsWith(problem);
  }

  @Test
  void failureIsTriedAgainAndThenNeedsAnAdmin() {
    String old = dueConnector();
    cluster.down();

    rotations.sweep();

    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("RETRY");
    assertThat(preview("payments").at("/items/0/lastFailure").asString())
        .startsWith("delivery-not-possible: ");
    for (int tried = 1; tried < 9; tried++) {
      execute("update automation set tried_at = now() - interval '3 days' where tries > 0");
      rotations.sweep();
    }

    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("AUTOMATION_HALTED");
    assertThat(row(old).has("nextRotationAt")).isTrue();
    assertThat(row(old).at("/nextRotationAt").isNull()).isTrue();
    assertThat(rotationsBy("policy/connectors")).isEqualTo(9);
    assertThat(halts()).isEqualTo(1);

    cluster.up();
    execute("update automation set tried_at = now() - interval '3 days'");
    rotations.sweep();
    assertThat(rotationsBy("policy/connectors")).as("it stays halted").isEqualTo(9);

    as("admin").post(RESUME, json("subject", OKTA_SUBJECT, "reason", "the cluster is back"));
    rotations.sweep();

    assertThat(newest(OKTA_SUBJECT).at("/delivery/state").asString()).isEqualTo("DELIVERED");
    assertThat(rotationsBy("policy/connectors")).isEqualTo(10);
  }

  @Test
  void whatOthersPreventLeavesTheTriesAsTheyWere() {
    dueConnector();
    cluster.down();
    rotations.sweep();
    execute("update automation set tried_at = now() - interval '3 days' where tries > 0");
    var before = schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow().attempts();

    ledger.release(claim(), false);

    var after = schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow().attempts();
    assertThat(before.tries()).isEqualTo(1);
    assertThat(after).usingRecursiveComparison().ignoringFields("epoch").isEqualTo(before);
  }

  @Test
  void lastTryOfALostReplicaHalts() {
    dueConnector();
    UUID current =
        Objects.requireNonNull(schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow().current())
            .id();
    execute(
        "update automation set credential_id = ?, tries = 9, tried_at = now() where subject = ?",
        current,
        OKTA_SUBJECT);

    rotations.sweep();
    rotations.sweep();

    assertThat(halts()).isEqualTo(1);
    assertThat(rotationsBy("policy/connectors")).isZero();
  }

  @Test
  void replicaWhoseClaimHasExpiredRotatesNothing() {
    dueConnector();
    Claim stale = claim();
    execute("update automation set claimed_until = now() - interval '1 second'");

    assertThatExceptionOfType(Obsolete.class)
        .isThrownBy(() -> transaction.executeWithoutResult(_ -> ledger.require(stale)));
  }

  @Test
  void manualRotationBetweenClaimAndMintWins() {
    dueConnector();
    Claim claim = claim();
    rotateOkta();

    assertThatExceptionOfType(Obsolete.class)
        .isThrownBy(() -> transaction.executeWithoutResult(_ -> ledger.require(claim)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into automation_pause values ('*', 'x', 'x', now(), now() + interval '1 hour')",
        "update expiry_policy set fingerprint = 'another'",
        "update credential set created_at = now() where status = 'ACTIVE'",
        """
        insert into rotation (id, upstream, subject, target, state, actor_id, requested_at, closed_at)
        values (gen_random_uuid(), 'conductorone', 'apps/crm/connectors/okta', 'x', 'UNKNOWN', 'x',
          now(), now())
        """
      })
  void whatChangesAfterTheClaimPreventsTheRotation(String change) {
    dueConnector();
    Claim claim = claim();
    transaction.executeWithoutResult(_ -> ledger.require(claim));

    Object inForce = query("select fingerprint from expiry_policy").getFirst().get("fingerprint");
    execute(change);
    try {
      assertThatExceptionOfType(Obsolete.class)
          .isThrownBy(() -> transaction.executeWithoutResult(_ -> ledger.require(claim)));
    } finally {
      execute("update expiry_policy set fingerprint = ?", inForce);
      execute("delete from rotation where target = 'x'");
    }
    ledger.release(claim, false);
    assertThat(schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow().attempts().tries())
        .as("it is no try")
        .isZero();
  }

  @Test
  void policyThatReturnsIsNewAgain() {
    String old = dueConnector();
    ledger.cover(List.of());

    rotations.sweep();

    assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("FIRST_SLOT");
  }

  @Test
  void ownLoginOfRekeyIsNotRotated() {
    String old = dueConnector();
    execute(
        "update credential set client_id = ? where id = ?::uuid",
        Sandbox.CONDUCTORONE_CLIENT_ID,
        old);
    try {
      rotations.sweep();

      assertThat(rotationsBy("policy/connectors")).isZero();
      assertThat(row(old).at("/rotationWaitsFor").asString()).isEqualTo("OWN_LOGIN");
    } finally {
      execute("update credential set client_id = null where id = ?::uuid", old);
    }
  }

  @Test
  void claimedSubjectIsNotClaimedAgain() {
    dueConnector();
    PlannedRotation seen = schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow();
    claim();

    assertThat(ledger.claim(new UpstreamName("conductorone"), List.of(seen), 8)).isEmpty();
  }

  @Test
  void atMostSoManyAreClaimedAtTheSameTime() {
    dueConnector();
    PlannedRotation seen = schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow();
    execute(
        """
        insert into automation (subject, upstream, rule, since, claimed_until)
        values ('apps/crm/connectors/other', 'conductorone', 'x', now(), now() + interval '1 minute')
        """);

    assertThat(ledger.claim(new UpstreamName("conductorone"), List.of(seen), 1)).isEmpty();
    assertThat(ledger.claim(new UpstreamName("conductorone"), List.of(seen), 2)).hasSize(1);
  }

  @Test
  void severalActiveCredentialsNeedADecision() {
    String first = credential(keyed("payments").post(CHECKOUT, json("name", "one")));
    keyed("payments").post(CHECKOUT, json("name", "two"));

    assertThat(row(first).at("/rotationWaitsFor").asString()).isEqualTo("CREDENTIAL");
    assertThat(preview("payments").at("/items").valueStream())
        .anySatisfy(
            item ->
                assertThat(item.at("/why").asString())
                    .startsWith("It has 2 active credentials, and none was delivered"));
  }

  @Test
  void outstandingDeliveryIsWaitedForBeforeADecision() {
    String first = credential(keyed("payments").post(CHECKOUT, json("name", "one")));
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer second =
        keyed("payments").with("Rekey-Deliver", "only").post(CHECKOUT, json("name", "two"));

    assertThat(second.header("Rekey-Delivery")).isEqualTo("outstanding");
    assertThat(row(first).at("/rotationWaitsFor").asString()).isEqualTo("ROTATION");

    cluster.clearFaults();
    awaitRestart(second);
  }

  @Test
  void deliveredCredentialOfSeveralIsRotated() {
    keyed("payments").post(CHECKOUT, json("name", "one"));
    Answer second =
        keyed("payments").with("Rekey-Deliver", "only").post(CHECKOUT, json("name", "two"));
    awaitRestart(second);
    String delivered = credential(second);
    ageAtKeycard(second);

    rotations.sweep();

    assertThat(newest(CHECKOUT_SUBJECT).at("/replaces").asString()).isEqualTo(delivered);
  }

  @Test
  void subjectWithoutATargetIsShownAsSuch() {
    String other =
        credential(keyed("search").post(ROTATE, json("appId", "crm", "connectorId", "github")));

    assertThat(row(other, "search").at("/policy").asString()).isEqualTo("connectors");
    assertThat(row(other, "search").at("/rotationWaitsFor").asString())
        .isEqualTo("DELIVERY_TARGET");
    assertThat(found("search", "waitsFor=DELIVERY_TARGET")).containsExactly(other);
    assertThat(found("search", "waitsFor=DUE_TIME")).isEmpty();
  }

  @Test
  void inventoryIsFilteredAndSortedByTheNextRotation() {
    String okta = credential(rotateOkta());
    String checkout = dueAccount();
    String other =
        credential(
            keyed("payments")
                .post(
                    "/organizations/acme/service-accounts/checkout/credentials",
                    json("name", "x")));

    assertThat(found("payments", "policy=connectors&status=ACTIVE")).containsExactly(okta);
    assertThat(found("payments", "policy=accounts&status=ACTIVE"))
        .containsExactlyInAnyOrder(checkout, other);
    assertThat(found("payments", "policy=!connectors&status=ACTIVE"))
        .containsExactlyInAnyOrder(checkout, other);
    assertThat(as("payments").get("/api/v1/credentials?policy=none").status()).isEqualTo(400);
    assertThat(found("payments", "waitsFor=TURN")).containsExactly(checkout);
    assertThat(found("payments", "nextRotationBefore=" + clock.instant()))
        .containsExactly(checkout);
    assertThat(found("payments", "nextRotationAfter=" + clock.instant())).containsExactly(okta);
    assertThat(found("payments", "status=ACTIVE&sort=nextRotationAt&limit=1"))
        .containsExactly(checkout, okta, other);
    assertThat(found("payments", "status=ACTIVE&sort=-nextRotationAt&limit=1"))
        .containsExactly(okta, checkout, other);
  }

  @Test
  void previewTellsWhatRotatesWhenToThoseWhoMaySeeIt() {
    dueConnector();

    JsonNode item = preview("payments").at("/items/0");
    assertThat(item.at("/subject").asString()).isEqualTo(OKTA_SUBJECT);
    assertThat(item.at("/policy").asString()).isEqualTo("connectors");
    assertThat(item.at("/target").asString()).isEqualTo("okta-secret");
    assertThat(item.at("/waitsFor").asString()).isEqualTo("TURN");
    assertThat(item.at("/why").asString())
        .isEqualTo("It is due, and starts as soon as a place is free.");
    assertThat(preview("search").at("/items").size()).isZero();
    assertThat(as("payments").get(POLICIES + "/preview?days=0").status()).isEqualTo(400);
    assertThat(as("payments").get(POLICIES + "/preview?days=367").status()).isEqualTo(400);
  }

  @Test
  void policiesAreShownAsTheyAreConfigured() {
    dueConnector();

    JsonNode policies = as("payments").get(POLICIES).body();
    assertThat(policies.at("/items").valueStream().map(each -> each.at("/name").asString()))
        .containsExactly("connectors", "accounts", "default");
    JsonNode connectors = policies.at("/items/0");
    assertThat(connectors.at("/actions/4/timeAfterCreate").asString()).isEqualTo("P60D");
    assertThat(connectors.at("/deliverTo/0").asString()).isEqualTo("okta-secret");
    assertThat(connectors.at("/waiting/TURN").asInt()).isEqualTo(1);
    assertThat(connectors.at("/overdue").asInt()).isEqualTo(1);
    assertThat(as("search").get(POLICIES).body().at("/items/0/waiting").isEmpty()).isTrue();
  }

  @Test
  void metricsTellWhatIsDue() {
    dueConnector();
    metrics.sample();

    String scraped = management().get("/actuator/prometheus").raw().body();
    assertThat(scraped)
        .contains(
            "rekey_automation_subjects{policy=\"connectors\",waits_for=\"TURN\"} 1.0",
            "rekey_automation_overdue{policy=\"connectors\"} 1.0")
        .containsPattern(
            "rekey_automation_oldest_overdue_seconds\\{policy=\"connectors\"} [0-9.E]+");
  }

  private Claim claim() {
    PlannedRotation seen = schedule.find(OKTA_SUBJECT, clock.instant()).orElseThrow();
    return ledger.claim(new UpstreamName("conductorone"), List.of(seen), 8).getFirst();
  }

  private Answer rotateOkta() {
    Answer answer = keyed("payments").with("Rekey-Deliver", "only").post(ROTATE, OKTA);
    assertThat(answer.header("Rekey-Delivery")).isEqualTo("delivered");
    awaitRestart(answer);
    return answer;
  }

  /** The id of a new credential in the inventory. */
  private static String credential(Answer minted) {
    return Objects.requireNonNull(minted.header("Rekey-Credential-Id"));
  }

  private void awaitRestart(Answer answer) {
    String rotation = answer.header("Rekey-Rotation-Id");
    await()
        .until(
            () ->
                numberOf(
                        """
                        select count(*) from secret_delivery
                        where rotation_id = ?::uuid and next_try_at is null
                        """,
                        rotation)
                    == 1);
  }

  /** A delivered credential of the connector that is due. Returns its id in the inventory. */
  private String dueConnector() {
    String id = credential(rotateOkta());
    age(OKTA_SUBJECT);
    return id;
  }

  private String dueAccount() {
    Answer answer =
        keyed("payments").with("Rekey-Deliver", "only").post(CHECKOUT, json("name", "delivered"));
    awaitRestart(answer);
    ageAtKeycard(answer);
    return credential(answer);
  }

  /** Rekey reads a credential before it replaces it, so its age has to be the same there. */
  private static void ageAtKeycard(Answer minted) {
    age(CHECKOUT_SUBJECT);
    String created =
        Instant.now().minus(Duration.ofDays(100)).truncatedTo(ChronoUnit.SECONDS).toString();
    control()
        .respond(
            "keycard",
            "get",
            200,
            json(
                "id", minted.text("/id"),
                "client_id", minted.text("/client_id"),
                "created_at", created,
                "name", minted.text("/name")));
  }

  private static void age(String subject) {
    execute(
        """
        update credential set created_at = created_at - interval '100 days',
          recorded_at = recorded_at - interval '100 days'
        where subject = ? and status = 'ACTIVE'
        """,
        subject);
  }

  private JsonNode newest(String subject) {
    return as("payments").get("/api/v1/rotations?subject=" + subject).body().at("/items/0");
  }

  private JsonNode row(String id) {
    return row(id, "payments");
  }

  private JsonNode row(String id, String client) {
    return as(client).get("/api/v1/credentials/" + id).body();
  }

  private JsonNode preview(String client) {
    return as(client).get(POLICIES + "/preview").body();
  }

  /** The ids on all pages of a search. */
  private List<String> found(String client, String query) {
    String path = "/api/v1/credentials?" + query;
    var ids = new ArrayList<String>();
    String cursor = null;
    do {
      JsonNode page = as(client).get(path + (cursor == null ? "" : "&cursor=" + cursor)).body();
      page.at("/items").valueStream().map(item -> item.at("/id").asString()).forEach(ids::add);
      cursor = page.path("nextCursor").isString() ? page.path("nextCursor").asString() : null;
    } while (cursor != null);
    return ids;
  }

  private static long rotationsBy(String actor) {
    return numberOf(
        """
        select count(*) from rotation
        where actor_id = ? and requested_at > (select max(since) + interval '400 days' from automation)
        """,
        actor);
  }

  private static long halts() {
    return numberOf(
        """
        select count(*) from audit_event where type = 'automation.halted'
          and occurred_at > (select max(since) + interval '400 days' from automation)
        """);
  }
}
