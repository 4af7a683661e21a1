package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.ExpiryProperties.OtherAge;
import dev.rekey.policy.TestPolicies;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Expiry notifications, the maximum age, and changes of the policy. */
class ExpiryIT extends RekeyIT {

  private static final String INDEXER = "organizations/acme/service-accounts/indexer";
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration HALF_A_YEAR = Duration.ofDays(180);

  @Autowired private ExpiryJob job;
  @Autowired private CredentialRepository rows;
  @Autowired private AuditLog audit;
  @Autowired private DriftMetrics metrics;
  @Autowired private JdbcClient jdbc;
  @Autowired private Clock clock;
  @Autowired private AutowireCapableBeanFactory beans;
  @Autowired private MeterRegistry meters;
  @Autowired private TransactionTemplate transaction;

  @BeforeEach
  @AfterEach
  void enforceOwnPolicy() {
    execute("delete from expiry_policy");
    job.sweep();
  }

  @Test
  void credentialWithoutAnExpiryExpiresAtTheMaximumAge() {
    String id = mint();

    var row = row(id);

    assertThat(row.get("expires_at")).isNull();
    assertThat(
            query(
                "select policy_expires_at - created_at = interval '365 days' as fits"
                    + " from credential where upstream_id = ?",
                id))
        .containsExactly(Map.of("fits", true));
    var shown = as("payments").get("/api/v1/credentials/" + row.get("id"));
    assertThat(shown.text("/policyExpiresAt")).isNotEmpty();
    assertThat(shown.text("/sources/end/from")).isEqualTo("POLICY");
  }

  @Test
  void everyThresholdIsNotifiedOnce() {
    String id = mint();
    for (int days : List.of(334, 2, 10, 6, 7, 5, 2, 3)) {
      age(id, Duration.ofDays(days));
      job.sweep();
      job.sweep();
    }

    assertThat(notifiedDays(id)).containsExactly("30", "14", "7", "1");
    assertThat(typesOf(id)).endsWith("credential.expired");
  }

  @Test
  void onlyTheNearestOfSeveralReachedThresholdsIsNotified() {
    String id = mint();
    age(id, Duration.ofDays(360));

    job.sweep();

    assertThat(notifiedDays(id)).containsExactly("7");
  }

  @Test
  void credentialPastItsMaximumAgeStaysActive() {
    String id = mint();
    age(id, Duration.ofDays(366));

    job.sweep();
    job.sweep();

    assertThat(typesOf(id)).endsWith("rotation.succeeded", "credential.expired");
    assertThat(row(id)).containsEntry("status", "ACTIVE");
  }

  @Test
  void credentialPastItsUpstreamsExpiryIsExpired() {
    String id = mint();
    execute(
        "update credential set expires_at = now() - interval '1 minute', tell_at = now(),"
            + " told_end = null where upstream_id = ?",
        id);

    job.sweep();
    job.sweep();

    assertThat(typesOf(id)).endsWith("rotation.succeeded", "credential.expired");
    var shown = as("payments").get("/api/v1/credentials/" + row(id).get("id"));
    assertThat(shown.text("/status")).isEqualTo("EXPIRED");
    assertThat(shown.text("/sources/status/from")).isEqualTo("CLOCK");
  }

  @Test
  void concurrentJobsNotifyOnce() {
    String id = mint();
    age(id, Duration.ofDays(362));

    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(_ -> CompletableFuture.runAsync(job::sweep))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(notifiedDays(id)).containsExactly("7");
  }

  @Test
  void expiryIsCountedOnce() {
    String id = mint();
    job.sweep();
    age(id, Duration.ofDays(366));
    double before = expired();

    job.sweep();
    job.sweep();

    assertThat(expired() - before).isEqualTo(1);
  }

  @Test
  void anotherPolicyPlansEveryExpiryAnew() {
    String id = mint();
    String other =
        as("search").post("/" + INDEXER + "/credentials", json("name", "aging")).text("/id");

    started(
            new ExpiryPolicy(
                new ExpiryProperties(
                    HALF_A_YEAR,
                    List.of(
                        new OtherAge(List.of(new SubjectPattern(INDEXER)), Duration.ofDays(90)),
                        new OtherAge(
                            List.of(new SubjectPattern("organizations/acme/service-accounts/*")),
                            Duration.ofDays(60))),
                    Duration.ofDays(1)),
                TestPolicies.none()))
        .sweep();

    assertThat(ageAtExpiry(other)).isEqualTo(90);
    assertThat(ageAtExpiry(id)).isEqualTo(60);
    started(HALF_A_YEAR).sweep();
    assertThat(ageAtExpiry(other)).isEqualTo(180);
    started(Duration.ZERO).sweep();
    assertThat(row(id).get("policy_expires_at")).isNull();
    assertThat(row(id).get("tell_at")).isNull();
  }

  @Test
  void restartNotifiesNothingAgain() {
    String id = mint();
    age(id, Duration.ofDays(360));
    started(YEAR).sweep();

    started(YEAR).sweep();

    assertThat(notifiedDays(id)).containsExactly("7");
  }

  @Test
  void eachThresholdIsNotifiedOnceDuringARollOut() {
    String id = mint();
    age(id, Duration.ofDays(352));
    ExpiryJob draining = started(YEAR);
    draining.sweep();
    ExpiryJob fresh = started(HALF_A_YEAR);
    fresh.sweep();
    draining.sweep();
    fresh.sweep();
    started(YEAR).sweep();
    started(HALF_A_YEAR).sweep();
    age(id, Duration.ofDays(7));
    started(YEAR).sweep();

    assertThat(notifiedDays(id)).containsExactly("14", "7");
    assertThat(typesOf(id)).containsOnlyOnce("credential.expired");
  }

  @Test
  void replicaWithAReplacedPolicyIsPassive() {
    String id = mint();
    ExpiryJob draining = started(YEAR);
    draining.sweep();
    started(HALF_A_YEAR).sweep();
    age(id, Duration.ofDays(364));
    var before = row(id);

    draining.sweep();

    assertThat(row(id)).isEqualTo(before);
    assertThat(notifiedDays(id)).isEmpty();
  }

  @Test
  void rowOfADrainingReplicaIsPlannedAnew() {
    String id = mint();
    ExpiryJob fresh = started(HALF_A_YEAR);
    fresh.sweep();
    planBy(Duration.ZERO, id);

    fresh.sweep();

    assertThat(ageAtExpiry(id)).isEqualTo(180);
  }

  @Test
  void policyThatIsNoLongerConfirmedIsReplaced() {
    String id = mint();
    ExpiryJob staying = started(YEAR);
    staying.sweep();
    started(HALF_A_YEAR).sweep();
    execute("update expiry_policy set affirmed_at = affirmed_at - interval '3 days'");
    staying.sweep();
    assertThat(ageAtExpiry(id)).isEqualTo(180);

    execute("update expiry_policy set affirmed_at = affirmed_at - interval '2 days'");
    staying.sweep();

    assertThat(ageAtExpiry(id)).isEqualTo(365);
  }

  @Test
  void lockedRowDoesNotDelayPlanning() throws SQLException {
    String busy = mint();
    String free = mint();
    try (var connection = postgres().connectAsSuperuser()) {
      connection.setAutoCommit(false);
      try (var lock =
          connection.prepareStatement(
              "select 1 from credential where upstream_id = ? for update")) {
        lock.setString(1, busy);
        lock.execute();
      }

      started(HALF_A_YEAR).sweep();

      assertThat(ageAtExpiry(free)).isEqualTo(180);
      assertThat(ageAtExpiry(busy)).isEqualTo(365);
    }
    started(HALF_A_YEAR).sweep();
    assertThat(ageAtExpiry(busy)).isEqualTo(180);
  }

  /** The job of a replica that has just started with a policy. */
  private ExpiryJob started(Duration maxAge) {
    return started(policy(maxAge));
  }

  private ExpiryJob started(ExpiryPolicy policy) {
    return new ExpiryJob(ledger(policy), inForce(policy));
  }

  private PolicyInForce inForce(ExpiryPolicy policy) {
    return (PolicyInForce)
        beans.initializeBean(new PolicyInForce(policy, TestPolicies.none(), jdbc), "inForce");
  }

  private ExpiryLedger ledger(ExpiryPolicy policy) {
    return (ExpiryLedger)
        beans.initializeBean(new ExpiryLedger(rows, policy, audit, metrics, jdbc, clock), "ledger");
  }

  private static ExpiryPolicy policy(Duration maxAge) {
    return new ExpiryPolicy(
        new ExpiryProperties(maxAge, List.of(), Duration.ofDays(1)), TestPolicies.none());
  }

  /** Plans a credential like a replica with this policy that records a change. */
  private void planBy(Duration maxAge, String id) {
    transaction.executeWithoutResult(
        _ ->
            rows.lock((UUID) Objects.requireNonNull(row(id).get("id")))
                .orElseThrow()
                .plan(policy(maxAge)));
    assertThat(row(id).get("policy_expires_at")).isNull();
  }

  private static long ageAtExpiry(String upstreamId) {
    return numberOf(
        "select extract(day from policy_expires_at - created_at)::bigint from credential"
            + " where upstream_id = ?",
        upstreamId);
  }

  private double expired() {
    return meters
        .get("rekey.drift")
        .tag("type", "credential.expired")
        .tag("upstream", "keycard")
        .counter()
        .count();
  }

  private String mint() {
    String id = as("payments").post(CHECKOUT, json("name", "aging")).text("/id");
    // Planning skips a row that another transaction has locked. Rekey records the delivery after
    // the response.
    await()
        .until(
            () ->
                query(
                        "select id from rotation where request_id = ? and delivered_at is null",
                        requestId)
                    .isEmpty());
    awaitFollowUps();
    return id;
  }

  /** Makes a credential older. */
  private static void age(String id, Duration time) {
    execute(
        """
        update credential set created_at = created_at - passed,
          policy_expires_at = policy_expires_at - passed, told_end = told_end - passed,
          tell_at = tell_at - passed
        from (select ? * interval '1 s' as passed) time where upstream_id = ?
        """,
        time.toSeconds(),
        id);
    execute(
        """
        update credential_told set ends_at = ends_at - ? * interval '1 s'
        where credential_id = (select id from credential where upstream_id = ?)
        """,
        time.toSeconds(),
        id);
  }

  private static Map<String, Object> row(String upstreamId) {
    return query("select * from credential where upstream_id = ?", upstreamId).getFirst();
  }

  private static List<String> typesOf(String upstreamId) {
    return query(
            "select type from audit_event where upstream_id = ? order by occurred_at, id",
            upstreamId)
        .stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  private static List<String> notifiedDays(String upstreamId) {
    return query(
            "select changes->0->>'to' as days from audit_event where upstream_id = ? and type ="
                + " 'credential.expiring' order by occurred_at, id",
            upstreamId)
        .stream()
        .map(row -> (String) row.get("days"))
        .toList();
  }
}
