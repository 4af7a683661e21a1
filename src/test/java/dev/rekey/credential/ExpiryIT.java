package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Credentials whose end comes near, or comes. */
class ExpiryIT extends RekeyIT {

  @Autowired private Expiries expiries;

  @Test
  void whatItsUpstreamDoesNotEndHasTheMaximumAgeAsItsEnd() {
    String id = minted();

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
  void everyThresholdIsToldOnceAsItIsReached() {
    String id = minted();
    for (int days : List.of(334, 2, 10, 6, 7, 5, 2, 3)) {
      letPass(id, Duration.ofDays(days));
      expiries.sweep();
      expiries.sweep();
    }

    assertThat(told(id)).containsExactly("30", "14", "7", "1");
    assertThat(typesOf(id)).endsWith("credential.expired");
  }

  @Test
  void ofSeveralThresholdsThatAreReachedAtOnceTheNearestIsTold() {
    String id = minted();
    letPass(id, Duration.ofDays(360));

    expiries.sweep();

    assertThat(told(id)).containsExactly("7");
  }

  @Test
  void whatIsPastItsMaximumAgeWorksOn() {
    String id = minted();
    letPass(id, Duration.ofDays(366));

    expiries.sweep();
    expiries.sweep();

    assertThat(typesOf(id)).endsWith("rotation.succeeded", "credential.expired");
    assertThat(row(id)).containsEntry("status", "ACTIVE");
  }

  @Test
  void whatItsUpstreamEndedHasExpired() {
    String id = minted();
    execute(
        "update credential set expires_at = now() - interval '1 minute', tell_at = now(),"
            + " told_end = null where upstream_id = ?",
        id);

    expiries.sweep();
    expiries.sweep();

    assertThat(typesOf(id)).endsWith("rotation.succeeded", "credential.expired");
    var shown = as("payments").get("/api/v1/credentials/" + row(id).get("id"));
    assertThat(shown.text("/status")).isEqualTo("EXPIRED");
    assertThat(shown.text("/sources/status/from")).isEqualTo("CLOCK");
  }

  @Test
  void manyWhoLookAtTheSameTimeTellItOnce() {
    String id = minted();
    letPass(id, Duration.ofDays(362));

    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(_ -> CompletableFuture.runAsync(expiries::sweep))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(told(id)).containsExactly("7");
  }

  @Test
  void underAnotherPolicyAllEndsAreWorkedOutAnew() {
    String id = minted();
    execute("update credential set policy_expires_at = null where upstream_id = ?", id);
    execute("update expiry_policy set fingerprint = 'another'");

    expiries.sweep();

    assertThat(row(id).get("policy_expires_at")).isNotNull();
    assertThat(query("select 1 from expiry_policy where fingerprint = 'another'")).isEmpty();
  }

  private String minted() {
    return as("payments").post(CHECKOUT, "{\"name\":\"aging\"}").text("/id");
  }

  /** Lets a credential grow older than it is. */
  private static void letPass(String id, Duration time) {
    execute(
        """
        update credential set created_at = created_at - passed,
          policy_expires_at = policy_expires_at - passed, told_end = told_end - passed,
          tell_at = tell_at - passed
        from (select ? * interval '1 s' as passed) time where upstream_id = ?
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

  private static List<String> told(String upstreamId) {
    return query(
            "select changes->0->>'to' as days from audit_event"
                + " where upstream_id = ? and type = 'credential.expiring' order by occurred_at, id",
            upstreamId)
        .stream()
        .map(row -> (String) row.get("days"))
        .toList();
  }
}
