package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The filters of the inventory by creation and expiry. The summary, the list and the metric of
 * overdue credentials have one rule: ACTIVE or RETIRING, although the expiry has passed.
 */
class OverdueIT extends RekeyIT {

  private static final String CREDENTIALS = "/api/v1/credentials?limit=500&";

  @Autowired private InventoryMetrics metrics;
  @Autowired private MeterRegistry meters;

  @AfterEach
  void deleteInsertedCredentials() {
    execute("delete from credential where upstream_id like 'dated-%'");
  }

  @BeforeEach
  void insertCredentials() {
    deleteInsertedCredentials();
    put("late", "ACTIVE", null, Duration.ofHours(-30));
    put("just-late", "RETIRING", null, Duration.ofSeconds(-2));
    put("expired-upstream", "ACTIVE", Duration.ofMinutes(-90), null);
    put("expired", "EXPIRED", Duration.ofDays(-3), null);
    put("retired", "RETIRED", null, Duration.ofDays(-3));
    put("soon", "ACTIVE", null, Duration.ofDays(3));
    put("later", "ACTIVE", Duration.ofDays(29), Duration.ofDays(-5));
    put("never", "ACTIVE", null, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auditor", "payments"})
  void theListHasWhatTheSummaryCounts(String caller) {
    String at = Instant.now().toString();
    Answer summary = as(caller).with("Cache-Control", "no-cache").get("/api/v1/summary");

    long overdue = summary.body().at("/credentials/overdue").asLong();
    assertThat(overdue).isGreaterThanOrEqualTo(3);
    assertThat(count(caller, "overdue=true")).isEqualTo(overdue);
    String live = "status=active,retiring&expiresBefore=";
    assertThat(count(caller, live + at)).isEqualTo(overdue);
    Instant month = Instant.parse(at).plus(Duration.ofDays(30));
    long expiring = summary.body().at("/credentials/expiringWithin30Days").asLong();
    assertThat(count(caller, live + month)).isEqualTo(overdue + expiring);
    assertThat(count(caller, live + month + "&expiresAfter=" + at)).isEqualTo(expiring);
  }

  @Test
  void theMetricIsTheCountOfEachUpstream() {
    metrics.measure();

    for (String upstream : List.of("conductorone", "keycard")) {
      assertThat(meters.get("rekey.credentials.overdue").tag("upstream", upstream).gauge().value())
          .isEqualTo((double) count("auditor", "overdue=true&upstream=" + upstream));
    }
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_credentials_overdue{upstream=\"conductorone\"} ");
  }

  @Test
  void overdueSplitsTheInventoryInTwo() {
    assertThat(found("overdue=true"))
        .containsExactlyInAnyOrder("late", "just-late", "expired-upstream");
    assertThat(found("overdue=false"))
        .containsExactlyInAnyOrder("expired", "retired", "soon", "later", "never");
    assertThat(found("overdue=true&status=RETIRED")).isEmpty();
    assertThat(found("overdue=TRUE&status=active&sort=expiresAt"))
        .containsExactly("late", "expired-upstream");
  }

  @Test
  void allPagesShareTheTimeOfTheFirst() {
    var seen = new ArrayList<String>();
    String next = "/api/v1/credentials?limit=1&overdue=true&sort=expiresAt&q=dated-";
    while (next != null) {
      Answer page = as("payments").get(next);
      seen.addAll(names(page));
      if (seen.size() == 1) {
        put("late-since", "ACTIVE", null, Duration.ZERO);
      }
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }

    assertThat(seen).containsExactly("late", "expired-upstream", "just-late");
    assertThat(found("overdue=true")).contains("late-since");
  }

  @Test
  void expiryIsBetweenTheGivenTimes() {
    Instant now = Instant.now();

    assertThat(found("expiresAfter=" + now)).containsExactlyInAnyOrder("soon", "later");
    assertThat(found("expiresAfter=" + now + "&expiresBefore=" + now.plus(Duration.ofDays(7))))
        .containsExactly("soon");
    assertThat(found("status=ACTIVE&expiresBefore=" + now))
        .containsExactlyInAnyOrder("late", "expired-upstream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&sort=createdAt", "&sort=-createdAt", "&sort=displayName"})
  void creationIsBetweenTheGivenTimes(String sort) {
    created("late", Duration.ofDays(-100), Duration.ofDays(-1));
    created("soon", null, Duration.ofDays(-95));
    created("later", Duration.ofDays(-10), Duration.ofDays(-95));
    created("never", null, Duration.ofDays(-10));
    Instant cutoff = Instant.now().minus(Duration.ofDays(90));

    assertThat(found("createdBefore=" + cutoff + sort)).containsExactlyInAnyOrder("late", "soon");
    assertThat(found("createdAfter=" + cutoff + sort))
        .contains("later", "never")
        .doesNotContain("late", "soon");
    assertThat(
            found(
                "createdBefore="
                    + cutoff
                    + "&createdAfter="
                    + cutoff.minusSeconds(1_728_000)
                    + sort))
        .containsExactlyInAnyOrder("late", "soon");
  }

  @Test
  void theBoundsOfATimeAreExact() {
    Instant at = Instant.parse("2026-01-31T12:00:00Z");
    execute(
        "update credential set created_at = ?::timestamptz, expires_at = ?::timestamptz"
            + " where upstream_id = 'dated-never'",
        at.toString(),
        at.toString());

    for (String field : List.of("created", "expires")) {
      assertThat(found(field + "Before=" + at)).doesNotContain("never");
      assertThat(found(field + "After=" + at)).contains("never");
      assertThat(found(field + "Before=" + at.plusNanos(1_000))).contains("never");
      assertThat(found(field + "After=" + at.plusNanos(1_000))).doesNotContain("never");
    }
  }

  @Test
  void aListMatchesAnyOfItsValues() {
    assertThat(found("status=EXPIRED,RETIRED")).containsExactlyInAnyOrder("expired", "retired");
    assertThat(found("status=EXPIRED&status=RETIRED")).hasSize(2);
    assertThat(found("origin=minted,adopted&status=EXPIRED")).containsExactly("expired");
    assertThat(found("upstream=conductorone,keycard&status=EXPIRED")).containsExactly("expired");
    assertThat(found("subject=apps/none/*," + OKTA_SUBJECT + "&status=EXPIRED"))
        .containsExactly("expired");
    assertThat(found("subject=apps/none/connectors/none&subject=apps/crm/*&status=EXPIRED"))
        .containsExactly("expired");
    assertThat(found("team=nobody&team=payments&status=EXPIRED")).containsExactly("expired");
    assertThat(found("team=nobody&status=EXPIRED")).isEmpty();
  }

  /** Times are from now; null for none. */
  private static void put(
      String name, String status, @Nullable Duration expires, @Nullable Duration expiresByPolicy) {
    execute(
        """
        insert into credential (
          id, upstream, subject, upstream_id, display_name, status, origin, expires_at,
          policy_expires_at, recorded_at, observed_at, version)
        values (test_uuidv7(), 'conductorone', ?, 'dated-' || ?, ?, ?, 'MINTED', ?, ?,
          now(), now(), 0)
        """,
        OKTA_SUBJECT,
        name,
        name,
        status,
        fromNow(expires),
        fromNow(expiresByPolicy));
  }

  private static void created(String name, @Nullable Duration created, Duration recorded) {
    execute(
        "update credential set created_at = ?, recorded_at = ? where upstream_id = 'dated-' || ?",
        fromNow(created),
        fromNow(recorded),
        name);
  }

  private static @Nullable OffsetDateTime fromNow(@Nullable Duration time) {
    return time == null ? null : OffsetDateTime.now(ZoneOffset.UTC).plus(time);
  }

  /** The names of this test's credentials that a search finds. */
  private List<String> found(String parameters) {
    return names(as("payments").get(CREDENTIALS + "q=dated-&" + parameters));
  }

  private static List<String> names(Answer page) {
    assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
    return page.body()
        .at("/items")
        .valueStream()
        .map(item -> item.at("/displayName").asString())
        .toList();
  }

  private long count(String caller, String parameters) {
    long count = 0;
    String next = CREDENTIALS + parameters;
    while (next != null) {
      Answer page = as(caller).get(next);
      count += page.body().at("/items").size();
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    return count;
  }
}
