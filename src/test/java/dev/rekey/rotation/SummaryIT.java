package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import java.net.URI;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SummaryIT extends RekeyIT {

  private static final String SUMMARY = "/api/v1/summary";
  private static final String GITHUB = "apps/crm/connectors/github";

  @BeforeEach
  @AfterEach
  void deleteInsertedCredentials() {
    execute("delete from credential where upstream_id like 'counted-%'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auditor", "payments", "search", "viewer"})
  void countsTheVisibleCredentials(String caller) throws SQLException {
    put(OKTA_SUBJECT, "ACTIVE", Duration.ofMinutes(-1), Duration.ofDays(-200));
    put(OKTA_SUBJECT, "ACTIVE", Duration.ofMinutes(5), Duration.ofDays(-90).minusMinutes(5));
    put(OKTA_SUBJECT, "RETIRING", Duration.ofDays(7).minusMinutes(5), Duration.ofDays(-89));
    put(
        OKTA_SUBJECT,
        "ACTIVE",
        Duration.ofDays(7).plusMinutes(5),
        Duration.ofDays(-90).plusMinutes(5));
    put(OKTA_SUBJECT, "RETIRED", Duration.ofDays(3), Duration.ofDays(-300));
    put(OKTA_SUBJECT, "EXPIRED", Duration.ofDays(-3), Duration.ofDays(-300));
    put(GITHUB, "ACTIVE", Duration.ofDays(30).minusMinutes(5), Duration.ofDays(-1));
    put(GITHUB, "ACTIVE", Duration.ofDays(30).plusMinutes(5), null);
    put(GITHUB, "MISSING", Duration.ofDays(20), null);

    Answer summary = fresh(caller).get(SUMMARY);

    assertThat(summary.status()).isEqualTo(200);
    assertThat(credentials(summary)).isEqualTo(countedFromRows(caller, Instant.now()));
  }

  @Test
  void countsAreSharedForAMomentAndCountedAnewOnRequest() {
    await().until(() -> age(as("payments").get(SUMMARY)) >= 1);
    assertThat(age(fresh("payments").get(SUMMARY))).isZero();
    await().until(() -> age(as("payments").get(SUMMARY)) >= 1);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              long age = age(as("payments").get(SUMMARY));
              assertThat(age).isLessThanOrEqualTo(5);
              return age == 0;
            });
  }

  /** Other tests may leave rotations of unknown outcome, whose age changes each count. */
  @Test
  void newCountsWithTheSameNumbersAreNotModified() throws SQLException {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              String tag = tag(fresh("search").get(SUMMARY));
              Answer again = fresh("search").with("If-None-Match", tag).get(SUMMARY);
              assertThat(again.status()).isEqualTo(304);
              assertThat(age(again)).isZero();
            });
    String tag = tag(fresh("search").get(SUMMARY));
    put(GITHUB, "ACTIVE", null, null);

    Answer changed = fresh("search").with("If-None-Match", tag).get(SUMMARY);

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.body().propertyNames()).containsExactly("credentials", "rotations");
  }

  private static long age(Answer summary) {
    return Long.parseLong(Objects.requireNonNull(summary.header("Age")));
  }

  private static String tag(Answer summary) {
    return Objects.requireNonNull(summary.header("ETag"));
  }

  @Test
  void callersWhoseSharedCountsTakeTooLongGetProblemsWithTheirOwnRequestIds() throws Exception {
    // No other test has counted for this zone, so the counts are not shared yet.
    String path = SUMMARY + "?timeZone=Pacific/Kiritimati";
    String authority = anonymous().get("/problems").raw().uri().getAuthority();
    Http payments =
        Http.at(URI.create("http://" + authority))
            .bearer(Tokens.of(surroundings().sandbox(), "payments"));
    List<String> ids = List.of("too-long-1", "too-long-2", "too-long-3");
    List<Answer> answers;
    try (var connection = postgres().connectAsSuperuser();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("lock table rotation in access exclusive mode");
      List<Callable<Answer>> calls =
          ids.stream()
              .<Callable<Answer>>map(id -> () -> payments.with("X-Request-Id", id).get(path))
              .toList();
      answers = threads.invokeAll(calls).stream().map(Future::resultNow).toList();
    }

    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.text("/code")).isEqualTo("query-too-broad"));
    assertThat(answers).extracting(answer -> answer.text("/requestId")).isEqualTo(ids);
    await().untilAsserted(() -> assertThat(as("payments").get(path).status()).isEqualTo(200));
  }

  private Http fresh(String caller) {
    return as(caller).with("Cache-Control", "no-cache");
  }

  @Test
  void aCredentialWithoutUseCountsFromItsCreation() throws SQLException {
    long before = fresh("auditor").get(SUMMARY).body().at("/credentials/unusedFor90Days").asLong();
    put(OKTA_SUBJECT, "ACTIVE", null, null);
    execute(
        "update credential set created_at = now() - interval '91 days'"
            + " where upstream_id like 'counted-%'");
    put(OKTA_SUBJECT, "ACTIVE", null, null);

    assertThat(fresh("auditor").get(SUMMARY).body().at("/credentials/unusedFor90Days").asLong())
        .isEqualTo(before + 1);
  }

  @Test
  void rotationsOfTodayAreCountedByState() {
    as("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "reset-after");
    as("payments").post(ROTATE, OKTA);
    var zone = ZoneId.of("Asia/Kathmandu");

    Instant before = Instant.now();
    Answer summary = fresh("payments").get(SUMMARY + "?timeZone=" + zone);

    Instant today = LocalDate.ofInstant(before, zone).atStartOfDay(zone).toInstant();
    assertThat(Instant.parse(summary.text("/rotations/today"))).isEqualTo(today);
    var ofPayments =
        " from rotation where subject in ('apps/crm/connectors/okta',"
            + " 'organizations/acme/service-accounts/checkout')";
    var expected = new TreeMap<String, Object>();
    for (MutationState state : MutationState.values()) {
      expected.put(state.name(), 0L);
    }
    query(
            "select state, count(*) as many" + ofPayments + " and requested_at >= ? group by state",
            today.atOffset(ZoneOffset.UTC))
        .forEach(row -> expected.put((String) row.get("state"), row.get("many")));
    var counted = new TreeMap<String, Object>();
    summary
        .body()
        .at("/rotations/todayByState")
        .forEach(one -> counted.put(one.at("/state").asString(), one.at("/rotations").asLong()));
    assertThat(counted).isEqualTo(expected);
    Map<String, Object> unknown =
        query(
                "select count(*) as many, min(requested_at) as oldest"
                    + ofPayments
                    + " and state = 'UNKNOWN'")
            .getFirst();
    assertThat(summary.body().at("/rotations/unknown").asLong())
        .isPositive()
        .isEqualTo(unknown.get("many"));
    Instant oldest = ((Timestamp) Objects.requireNonNull(unknown.get("oldest"))).toInstant();
    assertThat(Instant.parse(summary.text("/rotations/oldestUnknownAt"))).isEqualTo(oldest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auditor", "payments", "search"})
  void objectsHaveTheNumbersOfTheListsWithEveryKey(String caller) throws SQLException {
    // It would replace a credential that is inserted before.
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();
    put(OKTA_SUBJECT, "ACTIVE", null, null);
    put(OKTA_SUBJECT, "RETIRING", null, null);
    put(GITHUB, "RETIRED", null, null);

    JsonNode summary = fresh(caller).get(SUMMARY).body();

    var byStatus = new TreeMap<String, Object>();
    summary
        .at("/credentials/byStatus")
        .forEach(
            one -> byStatus.put(one.at("/status").asString(), one.at("/credentials").asLong()));
    assertThat(numbers(summary.at("/credentials/countByStatus"))).isEqualTo(byStatus);
    assertThat(byStatus).containsOnlyKeys("ACTIVE", "EXPIRED", "MISSING", "RETIRED", "RETIRING");
    var byState = new TreeMap<String, Object>();
    summary
        .at("/rotations/todayByState")
        .forEach(one -> byState.put(one.at("/state").asString(), one.at("/rotations").asLong()));
    assertThat(numbers(summary.at("/rotations/todayCountByState"))).isEqualTo(byState);
    assertThat(byState)
        .containsOnlyKeys(Stream.of(MutationState.values()).map(MutationState::name).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auditor", "payments", "search"})
  void validAndTotalAreTheTotalsOfLists(String caller) throws SQLException {
    put(OKTA_SUBJECT, "RETIRING", null, null);
    put(OKTA_SUBJECT, "EXPIRED", null, null);
    put(GITHUB, "ACTIVE", null, null);
    put(GITHUB, "MISSING", null, null);

    JsonNode credentials = fresh(caller).get(SUMMARY).body().path("credentials");

    String list = "/api/v1/credentials?limit=1&total=estimate";
    assertThat(credentials.path("total").asLong())
        .isEqualTo(as(caller).get(list).body().at("/total/count").asLong());
    assertThat(credentials.path("valid").asLong())
        .isPositive()
        .isLessThan(credentials.path("total").asLong())
        .isEqualTo(
            as(caller).get(list + "&status=ACTIVE,RETIRING").body().at("/total/count").asLong());
  }

  private static Map<String, Object> numbers(JsonNode object) {
    var numbers = new TreeMap<String, Object>();
    object.properties().forEach(one -> numbers.put(one.getKey(), one.getValue().asLong()));
    return numbers;
  }

  @Test
  void anUnknownZoneIsRefused() {
    Answer answer = fresh("payments").get(SUMMARY + "?timeZone=Mars/Olympus");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("timeZone has to be a zone");
  }

  /**
   * Inserts a credential.
   *
   * @param ends the time from now until it expires; null for never
   * @param used the time from now to its last use, negative; null for never
   */
  private static void put(
      String subject, String status, @Nullable Duration ends, @Nullable Duration used)
      throws SQLException {
    try (var connection = postgres().connectAsSuperuser();
        var insert =
            connection.prepareStatement(
                """
                insert into credential (
                  id, upstream, subject, upstream_id, status, origin, expires_at, last_used_at,
                  created_at, recorded_at, observed_at, version)
                values (
                  test_uuidv7(), 'conductorone', ?, 'counted-' || gen_random_uuid(), ?, 'MINTED', ?, ?,
                  null, now(), now(), 0)
                """)) {
      insert.setString(1, subject);
      insert.setString(2, status);
      insert.setObject(3, fromNow(ends));
      insert.setObject(4, fromNow(used));
      insert.executeUpdate();
    }
  }

  private static @Nullable OffsetDateTime fromNow(@Nullable Duration time) {
    return time == null ? null : OffsetDateTime.now(ZoneOffset.UTC).plus(time);
  }

  private static Map<String, Object> credentials(Answer summary) {
    var counts = new TreeMap<String, Object>();
    var shown = summary.body().at("/credentials");
    for (String count :
        List.of(
            "total", "overdue", "expiringWithin7Days", "expiringWithin30Days", "unusedFor90Days")) {
      counts.put(count, shown.at("/" + count).asLong());
    }
    shown
        .at("/byStatus")
        .forEach(one -> counts.put(one.at("/status").asString(), one.at("/credentials").asLong()));
    return counts;
  }

  /** The counts by an independent query over all rows. */
  private static Map<String, Object> countedFromRows(String caller, Instant at) {
    String seen =
        switch (caller) {
          case "payments", "viewer" ->
              "subject in ('apps/crm/connectors/okta',"
                  + " 'organizations/acme/service-accounts/checkout')";
          case "search" ->
              "subject in ('apps/crm/connectors/github',"
                  + " 'organizations/acme/service-accounts/indexer')";
          default -> "true";
        };
    var counts =
        new TreeMap<String, Object>(
            Map.of("ACTIVE", 0L, "RETIRING", 0L, "RETIRED", 0L, "EXPIRED", 0L, "MISSING", 0L));
    query("select status, count(*) as many from credential where " + seen + " group by status")
        .forEach(row -> counts.put((String) row.get("status"), row.get("many")));
    counts.putAll(
        query(
                """
                select count(*) as total,
                  count(*) filter (where lives and ends < 0) as "overdue",
                  count(*) filter (where lives and ends between 0 and 7 * 86400)
                    as "expiringWithin7Days",
                  count(*) filter (where lives and ends between 0 and 30 * 86400)
                    as "expiringWithin30Days",
                  count(*) filter (where lives and idle > 90 * 86400) as "unusedFor90Days"
                from (
                  select status in ('ACTIVE', 'RETIRING') as lives,
                    extract(epoch from coalesce(expires_at, policy_expires_at) - t.at) as ends,
                    extract(epoch from t.at - coalesce(last_used_at, created_at, recorded_at))
                      as idle
                  from credential, (select ?::timestamptz as at) t
                  where %s) c
                """
                    .formatted(seen),
                at.toString())
            .getFirst());
    return counts;
  }
}
