package dev.rekey.credential.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.credential.Credential;
import dev.rekey.credential.DriftDetector;
import dev.rekey.credential.InventoryMetrics;
import dev.rekey.credential.Observations;
import dev.rekey.platform.PathId;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What is done at the upstreams behind Rekey's back shows in the inventory and the history. */
class RefreshIT extends RekeyIT {

  private static final Subject CHECKOUT_SUBJECT =
      new Subject(new UpstreamName("keycard"), "organizations/acme/service-accounts/checkout");

  @Autowired private Refresher refresher;
  @Autowired private InventoryMetrics metrics;
  @Autowired private Upstreams upstreams;
  @Autowired private RefreshRuns passes;
  @Autowired private SubjectScan looks;
  @Autowired private MeterRegistry meters;

  @Autowired private Observations observations;
  @Autowired private DriftDetector drift;

  private final Executor aThreadEach = task -> Thread.ofVirtual().start(task);

  @BeforeEach
  void knowAllThatIsThere() {
    refresh();
  }

  @Test
  void whatSomebodyMadeOnAWatchedSubjectIsAnUnmanagedMint() {
    String id = behindRekeysBack().post(CHECKOUT, "{\"name\":\"console\"}").text("/id");

    refresh();
    refresh();

    assertThat(typesOf(id)).containsExactly("credential.unmanaged-mint");
    assertThat(row(id)).containsEntry("origin", "DISCOVERED").containsEntry("status", "ACTIVE");
  }

  @Test
  void whatANewServiceAccountHasIsDiscovered() {
    control().seed("{\"serviceAccounts\":1,\"credentialsEach\":2}");
    long before = discoveredOf("sa-0001");

    refresh();
    refresh();

    assertThat(discoveredOf("sa-0001") - before).isEqualTo(2);
  }

  @Test
  void whatSomebodyRenamedHasChanged() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"before\"}").text("/id");
    behindRekeysBack().send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"after\"}");

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
  void whatRekeyRenamesBeforeItKnowsItIsStillAnUnmanagedMint() {
    String id = behindRekeysBack().post(CHECKOUT, "{\"name\":\"theirs\"}").text("/id");
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"ours\"}");

    refresh();

    assertThat(typesOf(id))
        .containsExactly("credential.unmanaged-mint", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "ours").containsEntry("status", "ACTIVE");
  }

  @Test
  void whatRekeyRenamesThoughItWasThoughtGoneReappears() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"away\"}").text("/id");
    execute("update credential set status = 'MISSING' where upstream_id = ?", id);
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"back\"}");

    refresh();

    assertThat(typesOf(id))
        .containsExactly(
            "rotation.succeeded", "credential.reappeared", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "back").containsEntry("status", "ACTIVE");
  }

  @Test
  void whatIsReadWhileRekeyRenamesIsNoNews() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"first\"}").text("/id");
    execute(
        "update credential set observed_at = observed_at - interval '2 min' where upstream_id = ?",
        id);
    long before = control().calls("update");
    control().fault("keycard", "update", "delay", "\"delayMs\":1000", "\"times\":1");
    var rename =
        CompletableFuture.runAsync(
            () -> as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"second\"}"),
            aThreadEach);
    await().until(() -> control().calls("update") > before);

    as("payments").get(CHECKOUT + "/" + id);
    Instant meanwhile = Instant.now();
    rename.join();
    drift.read(CHECKOUT_SUBJECT, named(id, "first"), meanwhile);
    refresh();

    assertThat(row(id)).containsEntry("display_name", "second");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.update.succeeded");
  }

  @Test
  void aNameThatPostgresCannotHoldHasChangedOnce() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"whole\"}").text("/id");

    drift.read(CHECKOUT_SUBJECT, named(id, "half \ud83d"), Instant.now());
    drift.read(CHECKOUT_SUBJECT, named(id, "half \ud83d"), Instant.now());

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.changed");
  }

  @Test
  void thatACredentialWasUsedIsDataAndNoEvent() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"used\"}").text("/id");
    control().touch(id);

    refresh();

    assertThat(row(id).get("last_used_at")).isNotNull();
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
  }

  @Test
  void whatSomebodyDeletedIsMissingAndWhatComesBackReappears() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"lost\"}").text("/id");
    control().fault("keycard", "get", "status", "\"status\":404");
    control().fault("keycard", "list", "stale", "\"delayMs\":100000");
    refresh();
    assertThat(row(id)).containsEntry("status", "MISSING");
    control().clearFaults();

    refresh();

    assertThat(typesOf(id))
        .containsExactly("rotation.succeeded", "credential.missing", "credential.reappeared");
    assertThat(row(id)).containsEntry("status", "ACTIVE");
  }

  @Test
  void whatSomebodyDeletedIsMissingOnce() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"gone\"}").text("/id");
    behindRekeysBack().delete(CHECKOUT + "/" + id);

    refresh();
    refresh();

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.missing");
  }

  @Test
  void whatWasDeletedThroughRekeyIsNotMissing() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"ended\"}").text("/id");
    as("payments").delete(CHECKOUT + "/" + id);

    refresh();

    assertThat(row(id)).containsEntry("status", "RETIRED");
    assertThat(typesOf(id)).doesNotContain("credential.missing");
  }

  @Test
  void aListThatLagsBehindHidesNothing() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"fresh\"}").text("/id");
    control().fault("keycard", "list", "stale", "\"delayMs\":100000");

    refresh();

    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
  }

  @Test
  void aMintThatIsUnderWayIsNobodyElses() {
    control().fault("keycard", "create", "reset-after", "\"times\":1");
    Answer unknown = as("payments").post(CHECKOUT, "{\"name\":\"unsure\"}");
    assertThat(unknown.status()).isEqualTo(504);
    String id = control().mints().getLast();

    refresh();

    assertThat(typesOf(id)).isEmpty();
    assertThat(query("select 1 from credential where upstream_id = ?", id)).isEmpty();
  }

  @Test
  void aRenameOfOurOwnThatIsUnderWayIsNobodyElses() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"old\"}").text("/id");
    control().fault("keycard", "update", "reset-after", "\"times\":1");
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"new\"}");

    refresh();

    assertThat(typesOf(id)).doesNotContain("credential.changed");
  }

  @Test
  void theMarkOfAnAttemptThatMadeNothingHidesNothing() {
    control().fault("keycard", "create", "status", "\"status\":400", "\"times\":1");
    as("payments").post(CHECKOUT, "{\"name\":\"refused\"}");
    String attempt =
        String.valueOf(
            query("select id from rotation_attempt where state = 'REJECTED' order by id desc")
                .getFirst()
                .get("id"));
    String ghost = ghostOf(attempt);

    refresh();

    assertThat(typesOf(ghost)).containsExactly("credential.unmanaged-mint");
  }

  @Test
  void theMarkOfAnAttemptThatProvedToHaveMadeNothingHidesForADay() {
    String younger = attemptThatMadeNothing(Duration.ofHours(23));
    String older = attemptThatMadeNothing(Duration.ofHours(25));
    String hidden = ghostOf(younger);
    String shown = ghostOf(older);

    refresh();

    assertThat(typesOf(hidden)).isEmpty();
    assertThat(typesOf(shown)).containsExactly("credential.unmanaged-mint");
  }

  private String attemptThatMadeNothing(Duration ago) {
    control().fault("keycard", "create", "reset-before", "\"times\":1");
    String rotation =
        as("payments").post(CHECKOUT, "{\"name\":\"lost " + ago + "\"}").text("/rotationId");
    execute("update rotation set state = 'NOT_APPLIED' where id = ?::uuid", rotation);
    execute(
        "update rotation_attempt set state = 'NOT_APPLIED', next_check_at = null,"
            + " lease_until = now() - ? * interval '1 s' where rotation_id = ?::uuid",
        ago.toSeconds(),
        rotation);
    return String.valueOf(
        query("select id from rotation_attempt where rotation_id = ?::uuid", rotation)
            .getFirst()
            .get("id"));
  }

  private static String ghostOf(String attempt) {
    return behindRekeysBack()
        .post(CHECKOUT, "{\"name\":\"ghost\",\"description\":\"x [rekey:" + attempt + "]\"}")
        .text("/id");
  }

  @Test
  void whatSomebodyElseChangedIsToldThoughRekeyChangedSomethingToo() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"mine\"}").text("/id");
    behindRekeysBack().send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"theirs\"}");
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"description\":\"ours\"}");

    refresh();

    assertThat(typesOf(id))
        .containsExactly("rotation.succeeded", "credential.update.succeeded", "credential.changed");
    assertThat(changesOf(id, "credential.changed")).contains("theirs").doesNotContain("ours");
  }

  @Test
  void whatSomebodyElseChangedIsToldWhenItIsAdopted() {
    String id = "checkoutseedcredential0001";
    behindRekeysBack().send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"renamed\"}");
    long before = numberOf("select count(*) from audit_event where upstream_id = ?", id);

    as("payments")
        .post(
            "/api/v1/credentials",
            """
            {"upstream":"keycard","subject":"%s","upstreamId":"%s"}
            """
                .formatted("organizations/acme/service-accounts/checkout", id));

    assertThat(typesOf(id).subList((int) before, typesOf(id).size()))
        .startsWith("credential.changed");
  }

  @Test
  void whatARotationReplacedIsRetiredAndNotMissing() {
    String old = as("payments").post(ROTATE, OKTA).text("/credential/id");
    control().fault("conductorone", "get", "status", "\"status\":500");
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    control().clearFaults();
    assertThat(row(old)).containsEntry("status", "ACTIVE");

    refresh();

    assertThat(row(old)).containsEntry("status", "RETIRED");
    assertThat(row(old).get("replaced_by")).isNotNull();
    assertThat(typesOf(old)).doesNotContain("credential.missing");
  }

  @Test
  void whatARotationReplacedWhoseOutcomeAnAdminResolvedIsNotMissing() {
    String old = as("payments").post(ROTATE, OKTA).text("/credential/id");
    control().fault("conductorone", "rotate", "reset-after", "\"times\":1");
    String unknown = as("payments").post(ROTATE, OKTA).text("/rotationId");
    awaitFollowUps();
    as("admin").post("/api/v1/rotations/" + unknown + "/resolve", "{\"reason\":\"looked\"}");

    refresh();

    assertThat(row(old)).containsEntry("status", "RETIRED");
    assertThat(typesOf(old)).doesNotContain("credential.missing");
  }

  @Test
  void whatWasSeenAliveAfterARotationAndThenRevokedIsMissing() {
    control().mode("additive");
    String old = as("payments").post(ROTATE, OKTA).text("/credential/id");
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    behindRekeysBackAtConductorOne()
        .post("/api/v1/apps/crm/connectors/okta/credentials/" + old, "{}");

    refresh();

    assertThat(row(old)).containsEntry("status", "MISSING");
    assertThat(typesOf(old)).endsWith("credential.missing");
  }

  @Test
  void whatSomebodyRevokedAtConductorOneIsMissing() {
    String id = as("payments").post(ROTATE, OKTA).text("/credential/id");
    awaitFollowUps();
    control().reset();

    refresh();

    assertThat(row(id)).containsEntry("status", "MISSING");
    assertThat(typesOf(id)).endsWith("credential.missing");
  }

  @Test
  void whatIsMissingStaysSoThoughItsUpstreamStillShowsThatItWasDeleted() {
    String id = as("payments").post(ROTATE, OKTA).text("/credential/id");
    awaitFollowUps();
    behindRekeysBackAtConductorOne()
        .post("/api/v1/apps/crm/connectors/okta/credentials/" + id, "{}");

    refresh();
    refresh();

    assertThat(row(id)).containsEntry("status", "MISSING");
    assertThat(row(id).get("deleted_at")).isNotNull();
    assertThat(typesOf(id)).endsWith("credential.missing");
  }

  @Test
  void aListThatLagsBehindUndoesNoRenameOfOurOwn() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"first\"}").text("/id");
    refresh();
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"second\"}");
    control().fault("keycard", "list", "stale", "\"delayMs\":3000");

    as("payments").get(CHECKOUT);
    refresh();

    assertThat(typesOf(id)).containsExactly("rotation.succeeded", "credential.update.succeeded");
    assertThat(row(id)).containsEntry("display_name", "second");
  }

  @Test
  void whatWasDeletedThroughRekeyBeforeItWasKnownIsNobodyElses() {
    String id = behindRekeysBack().post(CHECKOUT, "{\"name\":\"unseen\"}").text("/id");
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    as("payments").delete(CHECKOUT + "/" + id);
    control().fault("keycard", "list", "stale", "\"delayMs\":900");

    as("payments").get(CHECKOUT);
    control().clearFaults();
    refresh();

    assertThat(typesOf(id)).containsExactly("credential.delete.succeeded");
  }

  @Test
  void aServiceAccountThatIsGoneIsLookedAtNoMore() {
    control().seed("{\"serviceAccounts\":1,\"credentialsEach\":1}");
    refresh();
    control().reset();
    refresh();
    refresh();
    long before = control().calls("list");

    refresh();

    assertThat(query("select 1 from watched where name like '%/sa-0001'")).isEmpty();
    assertThat(control().calls("list") - before).isEqualTo(2);
  }

  @Test
  void whileAnUpstreamIsDownNothingIsMissingAndTheKnowledgeGrowsOld() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"kept\"}").text("/id");
    refresh();
    String before = shown(id).text("/observedAt");
    ageKnowledge(Duration.ofHours(1));
    String hourAgo = shown(id).text("/observedAt");
    for (String operation : List.of("list", "get", "list-service-accounts")) {
      control().fault("keycard", operation, "status", "\"status\":503");
    }

    passIsDue();
    refresher.sweep();

    assertThat(Instant.parse(shown(id).text("/observedAt")))
        .isBefore(Instant.now().minusSeconds(3_500))
        .isEqualTo(Instant.parse(hourAgo))
        .isBefore(Instant.parse(before));
    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(lag("keycard")).isGreaterThan(3_500);
    assertThat(query("select 1 from refresh_failure where upstream = 'keycard'")).isNotEmpty();

    control().clearFaults();
    execute("update refresh_failure set next_try_at = now() - interval '1 s'");
    refresh();
    assertThat(lag("keycard")).isLessThan(60);
    assertThat(query("select 1 from refresh_failure")).isEmpty();
  }

  @Test
  void behindAProxyThatReachesNoUpstreamNothingIsMissingOrEnded() {
    String there = as("payments").post(CHECKOUT, "{\"name\":\"there\"}").text("/id");
    String connected = as("payments").post(ROTATE, OKTA).text("/credential/id");
    awaitFollowUps();
    refresh();
    List.of("list", "get", "delete", "list-service-accounts")
        .forEach(operation -> control().fault("keycard", operation, "no-backend"));
    control().fault("conductorone", "get", "no-backend");

    passIsDue();
    refresher.sweep();
    Answer read = as("payments").get(CHECKOUT + "/" + there);
    Answer deleted = as("payments").delete(CHECKOUT + "/" + there);

    assertThat(List.of(read, deleted))
        .extracting(answer -> answer.text("/type"))
        .containsOnly("/problems/upstream-unavailable");
    assertThat(List.of(row(there), row(connected)))
        .allSatisfy(row -> assertThat(row).containsEntry("status", "ACTIVE"));
    assertThat(query("select distinct upstream from refresh_failure")).hasSize(2);
    execute("delete from refresh_failure");
  }

  static Stream<Reply<?>> nothingComesBack() {
    return Stream.of(
        new Reply.NotSent<>(Reply.Obstacle.NOT_CONNECTED), new Reply.Lost<>(Reply.Loss.TIMED_OUT));
  }

  @ParameterizedTest
  @MethodSource("nothingComesBack")
  void whileNothingComesBackFromAnUpstreamNothingIsMissing(Reply<?> reply) {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"unreached\"}").text("/id");
    refresh();
    ageKnowledge(Duration.ofHours(1));
    String hourAgo = shown(id).text("/observedAt");
    execute(
        "update refresh_pass set started_at = now() - interval '1 hour',"
            + " last_whole = now() - interval '1 hour', leased_until = now()");
    UpstreamRefresh refresh = refreshOf(answering(reply), Duration.ofMinutes(15));

    refresh.run();
    refresh.letGo();

    assertThat(shown(id).text("/observedAt")).isEqualTo(hourAgo);
    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
    assertThat(lag("keycard")).isGreaterThan(3_500);
    execute("delete from refresh_failure");
  }

  @Test
  void whatCannotBeNotedDoesNotStopTheOthers() {
    UpstreamCredential impossible =
        seen("impossible", "", Instant.parse("+300000-01-01T00:00:00Z"));
    var page = new ListableUpstream.Page(List.of(impossible), false, false, null, null, null);
    passIsDue();
    UpstreamRefresh refresh = refreshOf(listing(page), Duration.ofHours(1));

    runUntilAPassIsWhole(refresh);

    assertThat(query("select name from refresh_failure"))
        .hasSameSizeAs(
            query("select 1 from watched where upstream = 'keycard' and not is_directory"));
    execute("delete from refresh_failure");
  }

  @Test
  void aSubjectMayHaveMoreCredentialsThanAStatementHasParameters() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"many\"}").text("/id");
    List<PathId> ids =
        Stream.concat(
                Stream.of(PathId.of(id)),
                IntStream.range(0, 70_000).mapToObj(i -> PathId.of("other-" + i)))
            .toList();

    assertThat(observations.present(CHECKOUT_SUBJECT, ids))
        .hasSameSizeAs(observations.present(CHECKOUT_SUBJECT, List.of()))
        .extracting(Credential::upstreamId)
        .contains(PathId.of(id));
  }

  @Test
  void ofTwoReplicasOneLooks() {
    control().seed("{\"serviceAccounts\":20,\"credentialsEach\":0}");
    refresh();
    passIsDue();
    long before = control().calls("list");
    long passes = wholePasses();
    List<UpstreamRefresh> replicas =
        List.of(refreshOfKeycard(Duration.ofHours(1)), refreshOfKeycard(Duration.ofHours(1)));

    List<CompletableFuture<Void>> runs =
        replicas.stream()
            .map(
                replica -> CompletableFuture.runAsync(() -> runUntil(replica, passes), aThreadEach))
            .toList();
    runs.forEach(CompletableFuture::join);

    replicas.forEach(UpstreamRefresh::letGo);
    assertThat(control().calls("list") - before)
        .isEqualTo(
            numberOf(
                "select count(*) from watched where upstream = 'keycard' and not is_directory"));
  }

  private static void runUntil(UpstreamRefresh refresh, long passes) {
    Instant end = Instant.now().plusSeconds(20);
    while (wholePasses() == passes && Instant.now().isBefore(end)) {
      refresh.run();
    }
  }

  @Test
  void aSubjectThatFailsDoesNotStopTheOthers() {
    control().seed("{\"serviceAccounts\":3,\"credentialsEach\":1}");
    control().fault("keycard", "list", "status", "\"status\":500", "\"times\":1");

    long first = discoveredOf("sa-0001");
    long last = discoveredOf("sa-0003");

    passIsDue();
    refresher.sweep();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              refresher.sweep();
              return discoveredOf("sa-0003") > last;
            });

    assertThat(query("select name from refresh_failure")).hasSize(1);
    assertThat(discoveredOf("sa-0001") - first).isEqualTo(1);
  }

  @Test
  void whenAnUpstreamAsksForAPauseItGetsOne() {
    control().fault("keycard", "list", "status", "\"status\":429", "\"retryAfter\":\"2\"");

    long before = control().calls("list");

    passIsDue();
    refresher.sweep();
    refresher.sweep();

    assertThat(control().calls("list") - before).isEqualTo(1);
    assertThat(query("select 1 from refresh_failure")).isEmpty();
  }

  @Test
  void whenACallerIsAskedForAPauseLooksRestToo() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"limited\"}").text("/id");
    control().fault("keycard", "update", "status", "\"status\":429", "\"retryAfter\":\"2\"");
    long before = control().calls("list");
    as("payments").send("PATCH", CHECKOUT + "/" + id, "{\"name\":\"refused\"}");

    passIsDue();
    refresher.sweep();

    assertThat(control().calls("list") - before).isZero();
  }

  @Test
  void looksWaitWhileCallersKeepAnUpstreamBusy() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"busy\"}").text("/id");
    int halfOfWhatMayBeUnderWay = 64;
    int callers = halfOfWhatMayBeUnderWay + 1;
    control().fault("keycard", "get", "delay", "\"delayMs\":1500", "\"times\":" + callers);
    long got = control().calls("get");
    long listed = control().calls("list");
    List<CompletableFuture<Answer>> reads =
        IntStream.range(0, callers)
            .mapToObj(
                _ ->
                    CompletableFuture.supplyAsync(
                        () -> as("payments").get(CHECKOUT + "/" + id), aThreadEach))
            .toList();
    await().until(() -> control().calls("get") - got == callers);
    Instant busyUntil = Instant.now().plusMillis(1_000);

    refresh();

    List<Instant> looks = control().callTimes("keycard", "list");
    assertThat(looks.subList((int) listed, looks.size())).isNotEmpty();
    assertThat(looks.get((int) listed)).isAfter(busyUntil);
    assertThat(reads).allSatisfy(read -> assertThat(read.join().status()).isEqualTo(200));
  }

  @Test
  void whatIsFoundInAPassDoesNotMakeItLonger() {
    execute("delete from watched where upstream = 'keycard' and name like '%/sa-%'");
    execute("update refresh_pass set started_at = now() - interval '1 hour', leased_until = now()");
    control().seed("{\"serviceAccounts\":60,\"credentialsEach\":0}");
    UpstreamRefresh refresh = refreshOfKeycard(Duration.ofSeconds(4));

    runUntilAPassIsWhole(refresh);

    assertThat(numberOf("select count(*) from watched where name like '%/sa-%'")).isEqualTo(60);
  }

  @Test
  void whatFailsAgainAndAgainLeavesTheOthersTheirTurns() {
    execute(
        """
        insert into refresh_failure (upstream, name, since, tries, reason, next_try_at)
        select upstream, name, now(), 1, 'it answered 400', now() from watched
        where upstream = 'keycard' and not is_directory order by name limit 1
        """);
    control().fault("keycard", "list", "status", "\"status\":400");
    long passes = wholePasses();
    // What failed is due at once: it waits no longer than the interval.
    UpstreamRefresh refresh = refreshOfKeycard(Duration.ofMillis(1));
    execute("update refresh_pass set leased_until = now()");

    var run = CompletableFuture.runAsync(refresh, aThreadEach);

    await().atMost(Duration.ofSeconds(4)).until(() -> wholePasses() > passes);
    refresh.stop();
    run.join();
    refresh.letGo();
    execute("delete from refresh_failure");
  }

  @Test
  void whatIsLookedAtWithoutNewsIsShownAsFresh() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"still\"}").text("/id");
    String before = query("select xmin::text from credential where upstream_id = ?", id).toString();
    Instant minted = Instant.parse(shown(id).text("/observedAt"));

    refresh();

    assertThat(Instant.parse(shown(id).text("/observedAt"))).isAfter(minted);
    assertThat(shown(id).text("/sources/facts/from")).isEqualTo("UPSTREAM");
    assertThat(query("select xmin::text from credential where upstream_id = ?", id).toString())
        .isEqualTo(before);
  }

  @Test
  void concurrentLooksAtTheSameNewsTellItOnce() {
    String id = behindRekeysBack().post(CHECKOUT, "{\"name\":\"raced\"}").text("/id");

    var readers =
        IntStream.range(0, 8)
            .mapToObj(_ -> CompletableFuture.runAsync(() -> as("payments").get(CHECKOUT)))
            .toArray(CompletableFuture[]::new);
    refresh();
    CompletableFuture.allOf(readers).join();

    assertThat(typesOf(id)).hasSize(1);
  }

  @Test
  void theInventoryIsMeasured() {
    as("payments").post(CHECKOUT, "{\"name\":\"measured\"}");
    double mintsBefore = unmanagedMints();
    behindRekeysBack().post(CHECKOUT, "{\"name\":\"counted\"}");
    refresh();
    metrics.look();
    String scraped = management().get("/actuator/prometheus").raw().body();

    assertThat(scraped)
        .contains(
            "rekey_credentials{status=\"ACTIVE\"} "
                + (double) numberOf("select count(*) from credential where status = 'ACTIVE'"));
    assertThat(unmanagedMints()).isEqualTo(mintsBefore + 1);
  }

  private double unmanagedMints() {
    return meters
        .get("rekey.drift")
        .tags("upstream", "keycard", "type", "credential.unmanaged-mint")
        .counter()
        .count();
  }

  @Test
  void whatItsUpstreamEndsIsToldFromWhatOnlyThePolicyEnds() {
    String id = as("payments").post(CHECKOUT, "{\"name\":\"ending\"}").text("/id");

    execute(
        "update credential set policy_expires_at = now() + interval '3 min' where upstream_id = ?",
        id);
    assertThat(nextExpiry("policy")).isBetween(0.0, 180.0);
    assertThat(nextExpiry("upstream")).matches(left -> !(left <= 180));

    execute(
        "update credential set expires_at = policy_expires_at, policy_expires_at = null"
            + " where upstream_id = ?",
        id);
    assertThat(nextExpiry("upstream")).isBetween(0.0, 180.0);
    assertThat(nextExpiry("policy")).matches(left -> !(left <= 180));

    execute("update credential set expires_at = null where upstream_id = ?", id);
  }

  /** Of Keycard's. */
  private double nextExpiry(String by) {
    metrics.look();
    return meters
        .get("rekey.credential.next.expiry")
        .tags("upstream", "keycard", "by", by)
        .gauge()
        .value();
  }

  private UpstreamRefresh refreshOfKeycard(Duration interval) {
    return refreshOf(keycard(), interval);
  }

  private UpstreamRefresh refreshOf(Upstream upstream, Duration interval) {
    return new UpstreamRefresh(
        upstream,
        passes,
        looks,
        new RefreshProperties(true, interval, 1_000, 1_000),
        meters,
        Clock.systemUTC());
  }

  private Upstream keycard() {
    return upstreams.find("keycard").orElseThrow();
  }

  /** Keycard, as long as it is asked for nothing. */
  private ListableUpstream answering(Reply<?> reply) {
    return keycard(method -> method.getReturnType() == Reply.class ? reply : null);
  }

  /** Keycard, with one page for the credentials of whatever service account. */
  private ListableUpstream listing(ListableUpstream.Page page) {
    return keycard(method -> method.getName().equals("list") ? new Reply.Success<>(page) : null);
  }

  private ListableUpstream keycard(Function<Method, @Nullable Object> unless) {
    return (ListableUpstream)
        Proxy.newProxyInstance(
            ListableUpstream.class.getClassLoader(),
            new Class<?>[] {ListableUpstream.class},
            (_, method, arguments) -> {
              Object answer = unless.apply(method);
              return answer == null ? method.invoke(keycard(), arguments) : answer;
            });
  }

  private static UpstreamCredential named(String id, String name) {
    return seen(id, name, null);
  }

  private static UpstreamCredential seen(String id, String name, @Nullable Instant created) {
    return new UpstreamCredential(
        PathId.of(id), null, name, null, created, null, null, null, null, null, null);
  }

  private static void runUntilAPassIsWhole(UpstreamRefresh refresh) {
    long passes = wholePasses();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              refresh.run();
              return wholePasses() > passes;
            });
    refresh.letGo();
  }

  private static long wholePasses() {
    return numberOf(
        "select number - case when ended_at is null then 1 else 0 end from refresh_pass"
            + " where upstream = 'keycard'");
  }

  private void refresh() {
    passIsDue();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              refresher.sweep();
              return query("select 1 from refresh_pass where ended_at is null").isEmpty();
            });
  }

  /** As if nothing had ever been looked at, so that a pass begins at once and does not rest. */
  private void passIsDue() {
    execute(
        "update refresh_pass set started_at = null, ended_at = null, last_whole = null,"
            + " leased_until = null, owner = null");
  }

  private static void ageKnowledge(Duration by) {
    execute(
        "update refresh_stretch set looked_at = looked_at - ? * interval '1 s'", by.toSeconds());
    execute(
        "update credential set observed_at = observed_at - ? * interval '1 s',"
            + " recorded_at = recorded_at - ? * interval '1 s'",
        by.toSeconds(),
        by.toSeconds());
  }

  private double lag(String upstream) {
    metrics.look();
    String line =
        management()
            .get("/actuator/prometheus")
            .raw()
            .body()
            .lines()
            .filter(text -> text.startsWith("rekey_refresh_lag_seconds{upstream=\"" + upstream))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
  }

  private Answer shown(String upstreamId) {
    return as("admin").get("/api/v1/credentials/" + row(upstreamId).get("id"));
  }

  private static Map<String, Object> row(String upstreamId) {
    return query("select * from credential where upstream_id = ?", upstreamId).getFirst();
  }

  /** The types of the events about a credential, oldest first. */
  private static List<String> typesOf(String upstreamId) {
    return query(
            "select type from audit_event where upstream_id = ? and type not like '%.requested'"
                + " order by occurred_at, id",
            upstreamId)
        .stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  private static long discoveredOf(String account) {
    return numberOf(
        "select count(*) from audit_event where type = 'credential.discovered' and subject = ?",
        "organizations/acme/service-accounts/" + account);
  }

  private static String changesOf(String upstreamId, String type) {
    return query(
            "select changes::text from audit_event where upstream_id = ? and type = ?",
            upstreamId,
            type)
        .toString();
  }
}
