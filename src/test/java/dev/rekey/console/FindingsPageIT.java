package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The list of findings, one finding, and the decisions about it. */
class FindingsPageIT extends ConsoleIT {

  private static final String FINDINGS = "/console/findings";
  private static final String GITHUB_SUBJECT = "apps/crm/connectors/github";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";
  private final String inAMonth = LocalDate.now(ZoneOffset.UTC).plusDays(30).toString();

  @BeforeEach
  void nothingIsFound() {
    execute("delete from finding");
  }

  @Test
  void problemOfTheListIsAProblemOfThePage() {
    HtmlPage page =
        behindALock("finding", "payments", browser -> browser.open("/console/findings"));

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(503);
    assertThat(texts(page, ".problem h1")).containsExactly("The query takes too long");
  }

  @Test
  void listShowsWhatIsWrongWithItsEvidenceAndNextStep() {
    finding(
        "unused", OKTA_SUBJECT, "{\"lastUsedAt\":\"2026-01-30T12:00:00Z\",\"period\":\"P90D\"}");
    countFindings("payments");

    HtmlPage page = browser("payments").open(FINDINGS);

    assertThat(texts(page, ".findings .state")).containsExactly("medium");
    assertThat(texts(page, ".findings td:nth-child(2) a").getFirst())
        .startsWith("The credential has not been used for a long time.");
    assertThat(texts(page, ".fact"))
        .containsExactly("last used at 2026-01-30 12:00", "period 90 days");
    assertThat(texts(page, ".findings td:nth-child(5)").getFirst()).startsWith("Find out");
    assertThat(texts(page, ".findings td:nth-child(6)")).containsExactly("payments");
    assertThat(texts(page, ".chips a")).containsExactly("All", "unused 1");
  }

  @Test
  void listHasTheFiltersOfTheApi() {
    finding("unused", OKTA_SUBJECT, "{}");
    finding("overdue", GITHUB_SUBJECT, "{}");
    countFindings("admin");

    assertThat(rows("admin", "")).isEqualTo(2);
    assertThat(rows("admin", "?kind=overdue")).isEqualTo(1);
    assertThat(rows("admin", "?severity=medium")).isEqualTo(1);
    assertThat(rows("admin", "?team=search")).isEqualTo(1);
    assertThat(rows("admin", "?owner=payments")).isEqualTo(1);
    assertThat(rows("admin", "?state=accepted")).isZero();
    assertThat(rows("admin", "?subject=apps/crm/*&upstream=conductorone&sort=since")).isEqualTo(2);
    assertThat(texts(browser("admin").open(FINDINGS + "?kind=overdue"), ".chips [aria-current]"))
        .containsExactly("overdue 1");
  }

  @Test
  void moreFindingsAreOnTheNextPage() {
    finding("unused", OKTA_SUBJECT, "{}");
    finding("overdue", OKTA_SUBJECT, "{}");

    HtmlPage first = browser("payments").open(FINDINGS + "?limit=1");
    HtmlPage second = press(first, ".pages a");

    assertThat(texts(first, ".over p")).containsExactly("2 findings");
    assertThat(second.querySelectorAll(".findings tbody tr")).hasSize(1);
    assertThat(texts(second, ".findings td:nth-child(2)"))
        .isNotEqualTo(texts(first, ".findings td:nth-child(2)"));
  }

  @Test
  void teamsSeeTheFindingsOfTheirSubjectsOnly() {
    UUID id = finding("unused", OKTA_SUBJECT, "{}");

    assertThat(rows("viewer", "")).isEqualTo(1);
    assertThat(rows("auditor", "")).isEqualTo(1);
    assertThat(rows("search", "")).isZero();
    assertThat(status(browser("search").open(FINDINGS + "/" + id))).isEqualTo(404);
    assertThat(status(browser("search").post(FINDINGS + "/" + id + "/reopen", Map.of())))
        .isEqualTo(404);
  }

  @Test
  void findingLinksToItsRotationAndCredentials() {
    UUID other = UUID.randomUUID();
    UUID id = finding("shown-to-person", OKTA_SUBJECT, "{\"rotationId\":\"%s\"}".formatted(other));
    UUID two = finding("two-live", OKTA_SUBJECT, "{\"oldest\":\"%s\"}".formatted(other));

    assertThat(evidenceLink(id)).isEqualTo("/console/rotations/" + other);
    assertThat(evidenceLink(two)).isEqualTo("/console/credentials/" + other);
  }

  @Test
  void acceptedFindingIsNotOpenUntilItsEnd() {
    HtmlPage page =
        browser("payments").open(FINDINGS + "/" + finding("unused", OKTA_SUBJECT, "{}"));
    fill(page, "form[action$=accept] input[name=reason]", "it is a spare");
    fill(page, "form[action$=accept] input[name=until]", inAMonth);

    HtmlPage done = press(page, "form[action$=accept] button");

    assertThat(texts(done, ".note.good")).containsExactly("The finding is accepted.");
    assertThat(texts(done, "h1 .state")).containsExactly("medium", "accepted");
    assertThat(texts(done, ".facts dd"))
        .contains("it is a spare", inAMonth + " 00:00 Then it opens again by itself.");
    assertThat(rows("payments", "")).isZero();
    assertThat(rows("payments", "?state=accepted")).isEqualTo(1);
    assertThat(events()).containsExactly("finding.accepted");
  }

  @Test
  void snoozedFindingIsReopenedBeforeItsEnd() {
    HtmlPage page =
        browser("payments").open(FINDINGS + "/" + finding("unused", OKTA_SUBJECT, "{}"));
    fill(page, "form[action$=snooze] input[name=until]", inAMonth);

    HtmlPage snoozed = press(page, "form[action$=snooze] button");
    HtmlPage reopened = press(snoozed, "form[action$=reopen] button");

    assertThat(texts(snoozed, "h1 .state")).containsExactly("medium", "snoozed");
    assertThat(texts(reopened, "h1 .state")).containsExactly("medium", "open");
    assertThat(events()).containsExactly("finding.snoozed", "finding.reopened");
  }

  @Test
  void decisionWithoutAReasonOrAnEndIsAProblem() {
    String path = FINDINGS + "/" + finding("unused", OKTA_SUBJECT, "{}");

    HtmlPage without = browser("payments").post(path + "/accept", Map.of("until", inAMonth));
    HtmlPage endless =
        browser("payments").post(path + "/accept", Map.of("reason", "why", "until", "some day"));

    assertThat(status(without)).isEqualTo(400);
    assertThat(status(endless)).isEqualTo(400);
    assertThat(endless.getBody().asNormalizedText()).contains("until has to be a time");
    assertThat(events()).isEmpty();
  }

  @Test
  void onlyWhoMayChangeTheSubjectDecides() {
    String path = FINDINGS + "/" + finding("unused", OKTA_SUBJECT, "{}");

    assertThat(texts(browser("payments").open(path), ".action")).hasSize(2);
    assertThat(texts(browser("admin").open(path), ".action")).hasSize(2);
    assertThat(browser("viewer").open(path).querySelectorAll(".action")).isEmpty();
    assertThat(browser("auditor").open(path).querySelectorAll(".action")).isEmpty();
    assertThat(
            status(
                browser("viewer")
                    .post(path + "/accept", Map.of("reason", "why", "until", inAMonth))))
        .isEqualTo(403);
    assertThat(rows("payments", "")).isEqualTo(1);
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    UUID id = finding("delivery-failed", OKTA_SUBJECT, "{\"failure\":\"%s\"}".formatted(HOSTILE));
    execute(
        "update finding set state = 'accepted', decision = 'accepted', decided_by = ?, reason = ?,"
            + " upstream_id = ?, decided_at = now(), until = now() + interval '1 day'",
        HOSTILE,
        HOSTILE,
        HOSTILE);

    HtmlPage list = browser("payments").open(FINDINGS + "?state=accepted");
    HtmlPage one = browser("payments").open(FINDINGS + "/" + id);

    assertThat(list.querySelectorAll("img")).isEmpty();
    assertThat(texts(list, "bdi")).filteredOn(HOSTILE::equals).hasSize(2);
    assertThat(one.querySelectorAll("img")).isEmpty();
    assertThat(texts(one, "bdi")).filteredOn(HOSTILE::equals).hasSize(3);
  }

  private String evidenceLink(UUID id) {
    return ((DomElement) browser("payments").open(FINDINGS + "/" + id).querySelector(".evidence a"))
        .getAttribute("href");
  }

  private int rows(String person, String query) {
    return browser(person).open(FINDINGS + query).querySelectorAll(".findings tbody tr").size();
  }

  private static int status(HtmlPage page) {
    return page.getWebResponse().getStatusCode();
  }
}
