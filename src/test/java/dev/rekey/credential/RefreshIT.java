package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What is done at the upstreams behind Rekey's back shows in the inventory and the history. */
class RefreshIT extends RekeyIT {

  @Autowired private Refresher refresher;
  @Autowired private InventoryMetrics metrics;
  @Autowired private Upstreams upstreams;
  @Autowired private RefreshPasses passes;
  @Autowired private SubjectLooks looks;
  @Autowired private MeterRegistry meters;

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
    String ghost =
        behindRekeysBack()
            .post(CHECKOUT, "{\"name\":\"ghost\",\"description\":\"x [rekey:" + attempt + "]\"}")
            .text("/id");

    refresh();

    assertThat(typesOf(ghost)).containsExactly("credential.unmanaged-mint");
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
    long passes = wholePasses();
    UpstreamRefresh refresh = refreshOfKeycard(Duration.ofSeconds(4));

    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              refresh.run();
              return wholePasses() > passes;
            });

    refresh.letGo();
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

    var run = CompletableFuture.runAsync(refresh::run, aThreadEach);

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
    metrics.look();
    String scraped = management().get("/actuator/prometheus").raw().body();

    assertThat(scraped)
        .contains(
            "rekey_credentials{status=\"ACTIVE\"} "
                + (double) numberOf("select count(*) from credential where status = 'ACTIVE'"))
        .contains("rekey_drift_total{type=\"credential.discovered\",upstream=\"keycard\"}");
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
    return new UpstreamRefresh(
        upstreams.find("keycard").orElseThrow(),
        passes,
        looks,
        new RefreshProperties(true, interval, 1_000, 1_000),
        meters,
        Clock.systemUTC());
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
