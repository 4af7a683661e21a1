package dev.rekey.credential.refresh;

import static dev.rekey.run.Json.json;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.credential.Measurements;
import dev.rekey.platform.PathId;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Base of the tests of the refresher. Every target was scanned before each test. */
abstract class RefreshIT extends RekeyIT {

  static final Subject CHECKOUT_SUBJECT =
      Subject.of("keycard", "organizations/acme/service-accounts/checkout");

  static final Executor VIRTUAL_THREADS = task -> Thread.ofVirtual().start(task);

  @Autowired Refresher refresher;
  @Autowired MeterRegistry meters;
  @Autowired private Upstreams upstreams;
  @Autowired private RefreshRuns runs;
  @Autowired private ScanTargets targets;
  @Autowired private SubjectScan scanner;
  @Autowired private ApplicationContext context;

  @BeforeEach
  void scanEverything() {
    refresh();
  }

  /** Runs the refresher until every target was scanned once. */
  final void refresh() {
    makeRunDue();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              refresher.sweep();
              return query("select 1 from refresh_pass where ended_at is null").isEmpty();
            });
  }

  /** Resets the runs, so that one starts at once and is not spread over the interval. */
  static void makeRunDue() {
    execute(
        "update refresh_pass set started_at = null, ended_at = null, last_whole = null,"
            + " leased_until = null, owner = null");
  }

  final UpstreamRefresh refreshOfKeycard(Duration interval) {
    return refreshOf(keycard(), interval);
  }

  /** A replica's refresh of an upstream, with an ample call budget. */
  final UpstreamRefresh refreshOf(Upstream upstream, Duration interval) {
    return new UpstreamRefresh(
        upstream,
        runs,
        targets,
        scanner,
        new RefreshProperties(true, interval, 1_000, 1_000),
        meters,
        Clock.systemUTC());
  }

  private Upstream keycard() {
    return upstreams.find("keycard").orElseThrow();
  }

  /** Keycard, with other return values of the methods for which the function returns one. */
  final ListableUpstream keycardReturning(Function<Method, @Nullable Object> values) {
    return (ListableUpstream)
        Proxy.newProxyInstance(
            ListableUpstream.class.getClassLoader(),
            new Class<?>[] {ListableUpstream.class},
            (_, method, arguments) -> {
              Object value = values.apply(method);
              return value == null ? method.invoke(keycard(), arguments) : value;
            });
  }

  static void runUntilARunIsComplete(UpstreamRefresh refresh) {
    long before = completeRuns();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              refresh.run();
              return completeRuns() > before;
            });
    refresh.release();
  }

  static long completeRuns() {
    return numberOf(
        "select number - case when ended_at is null then 1 else 0 end from refresh_pass"
            + " where upstream = 'keycard'");
  }

  /** Mints a credential of the checkout account through Rekey; returns its upstream id. */
  final String mint(String name) {
    return as("payments").post(CHECKOUT, json("name", name)).text("/id");
  }

  /** Rotates the credential of the Okta connector; returns the new upstream id. */
  final String rotateOkta() {
    return as("payments").post(ROTATE, OKTA).text("/credential/id");
  }

  final Answer rename(String id, String name) {
    return as("payments").send("PATCH", CHECKOUT + "/" + id, json("name", name));
  }

  static String mintOutsideRekey(String name) {
    return keycardDirectly().post(CHECKOUT, json("name", name)).text("/id");
  }

  static void renameOutsideRekey(String id, String name) {
    keycardDirectly().send("PATCH", CHECKOUT + "/" + id, json("name", name));
  }

  static void revokeOutsideRekey(String oktaId) {
    conductorOneDirectly().post("/api/v1/apps/crm/connectors/okta/credentials/" + oktaId, "{}");
  }

  /** A credential as Keycard reports it. */
  static UpstreamCredential reported(String id, String name, @Nullable Instant createdAt) {
    return new UpstreamCredential(
        PathId.of(id), null, name, null, createdAt, null, null, null, null, null, null);
  }

  final Answer shown(String upstreamId) {
    return as("admin").get("/api/v1/credentials/" + row(upstreamId).get("id"));
  }

  final Instant shownObservedAt(String upstreamId) {
    return Instant.parse(shown(upstreamId).text("/observedAt"));
  }

  static Map<String, Object> row(String upstreamId) {
    return query("select * from credential where upstream_id = ?", upstreamId).getFirst();
  }

  /** The types of a credential's events without those of requests, oldest first. */
  static List<String> typesOf(String upstreamId) {
    return query(
            "select type from audit_event where upstream_id = ? and type not like '%.requested'"
                + " order by occurred_at, id",
            upstreamId)
        .stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  static String changesOf(String upstreamId, String type) {
    return query(
            "select changes::text from audit_event where upstream_id = ? and type = ?",
            upstreamId,
            type)
        .toString();
  }

  static long discoveredOf(String account) {
    return numberOf(
        "select count(*) from audit_event where type = 'credential.discovered' and subject = ?",
        "organizations/acme/service-accounts/" + account);
  }

  /** Makes all observations older. */
  static void ageObservations(Duration by) {
    execute(
        "update refresh_stretch set looked_at = looked_at - ? * interval '1 s'", by.toSeconds());
    execute(
        "update credential set observed_at = observed_at - ? * interval '1 s',"
            + " recorded_at = recorded_at - ? * interval '1 s'",
        by.toSeconds(),
        by.toSeconds());
  }

  /** The seconds that the metric of Keycard's refresh lag shows. */
  final double lagOfKeycard() {
    Measurements.takeNow(context);
    String line =
        management()
            .get("/actuator/prometheus")
            .raw()
            .body()
            .lines()
            .filter(text -> text.startsWith("rekey_refresh_lag_seconds{upstream=\"keycard"))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
  }
}
