package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The numbers of each team are the lengths of the lists that the inventory has for it. */
class TeamSummaryIT extends RekeyIT {

  private static final String TEAMS = "/api/v1/summary/teams";
  private static final String GITHUB = "apps/crm/connectors/github";
  private static final String LIVE = "&status=ACTIVE,RETIRING";

  @AfterEach
  void deleteInsertedCredentials() {
    execute("delete from credential where upstream_id like 'of-team-%'");
  }

  @BeforeEach
  void insertCredentials() {
    deleteInsertedCredentials();
    put("overdue", OKTA_SUBJECT, "ACTIVE", "-1 hour", "-1 day");
    put("retiring", OKTA_SUBJECT, "RETIRING", "6 days", "-100 days");
    put("retired", OKTA_SUBJECT, "RETIRED", "6 days", "-100 days");
    put("later", GITHUB, "ACTIVE", "29 days", "-1 day");
    put("much-later", GITHUB, "ACTIVE", "31 days", "-91 days");
    put("of-nobody", "apps/crm/connectors/unowned", "ACTIVE", "-1 hour", "-91 days");
  }

  private static void put(
      String name, String subject, String status, String expires, String lastUsed) {
    execute(
        """
        insert into credential (
          id, upstream, subject, upstream_id, display_name, status, origin, expires_at,
          last_used_at, recorded_at, observed_at, version)
        values (test_uuidv7(), 'conductorone', ?, 'of-team-' || ?, ?, ?, 'MINTED',
          now() + ?::interval, now() + ?::interval, now(), now(), 0)
        """,
        subject,
        name,
        name,
        status,
        expires,
        lastUsed);
  }

  @ParameterizedTest
  @CsvSource({"auditor, 'admin,payments,search'", "payments, payments", "search, search"})
  void eachTeamThatTheCallerMaySeeHasTheNumbersOfItsLists(String caller, String teams) {
    Answer summary = as(caller).get(TEAMS);

    assertThat(summary.body().at("/teams").valueStream())
        .extracting(team -> team.path("team").asString())
        .containsExactly(teams.split(",", -1));
    Instant at = Instant.now();
    assertThat(summary.body().at("/teams").valueStream())
        .allSatisfy(
            team -> {
              String list = "team=" + team.path("team").asString() + LIVE;
              assertThat(number(team, "credentials")).isEqualTo(length(caller, list));
              assertThat(number(team, "overdue"))
                  .isEqualTo(length(caller, list + "&expiresBefore=" + at));
              assertThat(number(team, "expiringWithin7Days"))
                  .isEqualTo(length(caller, list + between(at, Duration.ofDays(7))));
              assertThat(number(team, "expiringWithin30Days"))
                  .isEqualTo(length(caller, list + between(at, Duration.ofDays(30))));
              assertThat(number(team, "unusedFor90Days"))
                  .isEqualTo(
                      length(caller, list + "&notUsedSince=" + at.minus(Duration.ofDays(90))));
            });
  }

  private static String between(Instant at, Duration time) {
    return "&expiresAfter=" + at + "&expiresBefore=" + at.plus(time);
  }

  @Test
  void theNumbersAreThoseOfTheExamples() {
    JsonNode payments = as("auditor").get(TEAMS + "?team=payments").body().at("/teams/0");

    assertThat(List.of("credentials", "overdue", "expiringWithin7Days", "unusedFor90Days"))
        .extracting(field -> number(payments, field))
        .containsExactly(2L, 1L, 1L, 1L);
  }

  @Test
  void teamsCanBeChosenAndOthersAreNotShown() {
    assertThat(as("auditor").get(TEAMS + "?team=search&team=nobody").body().at("/teams"))
        .hasSize(1);
    assertThat(as("payments").get(TEAMS + "?team=search").body().at("/teams")).isEmpty();
  }

  private static long number(JsonNode team, String field) {
    return team.path(field).asLong(-1);
  }

  private long length(String caller, String parameters) {
    Answer page = as(caller).get("/api/v1/credentials?limit=500&" + parameters);
    assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
    return page.body().at("/items").size();
  }
}
