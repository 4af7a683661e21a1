package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Scrape;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;

/** The metrics of rotations, as Prometheus scrapes them. */
class RotationMetricsIT extends RekeyIT {

  private static final String IN_FLIGHT = "rekey_rotations_in_flight{upstream=\"conductorone\"}";

  @Autowired private RotationMetrics metrics;
  @Autowired private Retirements retirements;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rekey_rotations_total{outcome=\"COMPENSATED\",upstream=\"conductorone\"}",
        "rekey_reconciled_total{outcome=\"ORPHAN_REMOVED\",upstream=\"keycard\"}",
        "rekey_retired_total{upstream=\"conductorone\"}",
        "rekey_retirement_failures_total{upstream=\"conductorone\"}",
        "rekey_rotation_unconfirmed_total{upstream=\"keycard\"}",
        "rekey_upstream_token_fetches_total{outcome=\"failure\",upstream=\"keycard\"}",
        "rekey_drift_total{type=\"credential.reappeared\",upstream=\"keycard\"}",
        "rekey_refresh_looks_total{outcome=\"put-off\",upstream=\"conductorone\"}",
        "rekey_credentials{status=\"MISSING\"}"
      })
  void everySeriesExistsFromTheStart(String series) {
    assertThat(Scrape.of(management()).series()).contains(series);
  }

  @ParameterizedTest
  @CsvSource({
    "none, SUCCEEDED",
    "status, REJECTED",
    "garbage, UNKNOWN",
  })
  void everyRotationIsCountedOnceByItsOutcome(String fault, String outcome) {
    if (!fault.equals("none")) {
      control().fault("conductorone", "rotate", fault, status(422), times(1));
    }
    Scrape before = Scrape.of(management());

    as("payments").post(ROTATE, OKTA);

    Scrape after = Scrape.of(management());
    assertThat(counted(before, after, outcome)).isOne();
    assertThat(after.series())
        .filteredOn(series -> series.startsWith("rekey_rotations_total"))
        .hasSize(10)
        .filteredOn(series -> after.since(before, series) != 0)
        .hasSize(1);
  }

  @Test
  void aRefusedRequestIsNotCounted() {
    control().fault("conductorone", "rotate", "delay", delayMs(1000));
    Scrape before = Scrape.of(management());
    var first = CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA));
    await().until(() -> control().served("rotate") == 1);

    Answer second = as("payments").post(ROTATE, OKTA);
    double inFlight = Scrape.of(management()).of(IN_FLIGHT);
    first.join();

    Scrape after = Scrape.of(management());
    assertThat(second.status()).isEqualTo(409);
    assertThat(inFlight).isOne();
    assertThat(after.of(IN_FLIGHT)).isZero();
    assertThat(counted(before, after, "SUCCEEDED")).isOne();
    assertThat(counted(before, after, "UNKNOWN")).isZero();
  }

  @Test
  void theUpstreamsTimeIsMeasuredSeparately() {
    as("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "delay", delayMs(700));
    Scrape before = Scrape.of(management());

    as("payments").post(ROTATE, OKTA);

    Scrape after = Scrape.of(management());
    assertThat(after.since(before, duration("sum", "upstream"))).isBetween(0.7, 10.0);
    assertThat(after.since(before, duration("sum", "ours"))).isBetween(0.0001, 0.7);
    assertThat(after.since(before, duration("count", "ours"))).isOne();
    assertThat(after.series())
        .contains(
            "rekey_rotation_duration_seconds_bucket{part=\"ours\",upstream=\"conductorone\",le=\"0.25\"}");
  }

  @Test
  void unknownRotationsAreCountedAndHaveAnAge() {
    control().fault("conductorone", "rotate", "garbage", times(1));
    String rotation = as("payments").post(ROTATE, OKTA).text("/rotationId");
    execute(
        "update rotation set closed_at = now() - interval '20 days' where id = ?::uuid", rotation);

    metrics.sampleUnknown();

    Scrape seen = Scrape.of(management());
    assertThat(seen.of("rekey_rotation_unknown"))
        .isEqualTo((double) numberOf("select count(*) from rotation where state = 'UNKNOWN'"));
    assertThat(seen.of("rekey_rotation_unknown_age_seconds"))
        .isBetween(20 * 86_400.0, 20 * 86_400.0 + 600);
  }

  @Test
  void aFailedCountShowsNoValue() {
    metrics.sampleUnknown();
    assertThat(Scrape.of(management()).of("rekey_rotation_unknown")).isNotNaN();

    execute("revoke select on rotation from rekey_service");
    Throwable thrown;
    try {
      thrown = catchThrowable(metrics::sampleUnknown);
    } finally {
      execute("grant select on rotation to rekey_service");
    }

    Scrape seen = Scrape.of(management());
    assertThat(thrown).isInstanceOf(DataAccessException.class);
    assertThat(seen.of("rekey_rotation_unknown")).isNaN();
    assertThat(seen.of("rekey_rotation_unknown_age_seconds")).isNaN();
  }

  @Test
  void ageAndOverlapOfCredentialsAreMeasured() {
    Answer older = as("payments").post(CHECKOUT, json("name", "measured"));
    Scrape before = Scrape.of(management());

    Answer newer =
        as("payments")
            .with("Idempotency-Key", requestId)
            .post(CHECKOUT + "/" + older.text("/id") + "/rotate", "{}");
    String rotation = newer.header("Rekey-Rotation-Id");
    execute(
        "update rotation set closed_at = closed_at - interval '2 days' where id = ?::uuid",
        rotation);
    as("payments")
        .post("/api/v1/rotations/" + rotation + "/confirm", json("graceSeconds", 0, "force", true));
    awaitFollowUps();
    retirements.sweep();

    Scrape after = Scrape.of(management());
    assertThat(after.since(before, ofKeycard("rekey_credential_age_at_rotation_seconds_count")))
        .isOne();
    assertThat(after.since(before, ofKeycard("rekey_credential_age_at_rotation_seconds_sum")))
        .isBetween(0.0, 60.0);
    assertThat(after.since(before, ofKeycard("rekey_overlap_seconds_count"))).isOne();
    assertThat(after.since(before, ofKeycard("rekey_overlap_seconds_sum")))
        .isBetween(2 * 86_400.0, 2 * 86_400.0 + 60);
    assertThat(after.since(before, ofKeycard("rekey_retired_total"))).isOne();
  }

  @Test
  void aFailedTokenFetchIsCountedAndKeepsRekeyReady() {
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    control().fault("conductorone", "token", "status", status(503));
    control().revokeTokens();
    Scrape before = Scrape.of(management());

    Answer rotation = as("payments").post(ROTATE, OKTA);

    Scrape after = Scrape.of(management());
    assertThat(rotation.status()).isEqualTo(503);
    assertThat(after.since(before, fetches("failure"))).isOne();
    assertThat(after.since(before, fetches("success"))).isZero();
    assertThat(management().get("/actuator/health/readiness").status()).isEqualTo(200);
  }

  @Test
  void noCallerCanAddSeriesWithoutLimit() {
    sendVariousRequests(0);
    Set<String> before = requestSeries();

    IntStream.range(1, 10).forEach(this::sendVariousRequests);

    assertThat(before).hasSizeGreaterThan(10);
    assertThat(requestSeries()).isEqualTo(before);
  }

  private void sendVariousRequests(int number) {
    as("payments").get("/nowhere/" + number);
    as("payments").get(CHECKOUT + "/nobody-" + number);
    as("payments").get(CHECKOUT + "?limit=" + (number + 1));
    as("payments").get("/api/v1/audit-events?limit=" + (number + 1));
    as("payments").send("METHOD" + number, "/api/v1/credentials", null);
  }

  private Set<String> requestSeries() {
    return Scrape.of(management()).series().stream()
        .filter(series -> series.startsWith("http_") && !series.contains("/actuator"))
        .collect(Collectors.toSet());
  }

  private static String fetches(String outcome) {
    return "rekey_upstream_token_fetches_total{outcome=\""
        + outcome
        + "\",upstream=\"conductorone\"}";
  }

  private static double counted(Scrape before, Scrape after, String outcome) {
    return after.since(
        before, "rekey_rotations_total{outcome=\"" + outcome + "\",upstream=\"conductorone\"}");
  }

  private static String duration(String of, String part) {
    return "rekey_rotation_duration_seconds_%s{part=\"%s\",upstream=\"conductorone\"}"
        .formatted(of, part);
  }

  private static String ofKeycard(String name) {
    return name + "{upstream=\"keycard\"}";
  }
}
