package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoliciesPageIT extends ConsoleIT {

  private static final String POLICIES = "/console/policies";
  private static final String PREVIEW = POLICIES + "/preview";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";
  private final LocalDateTime tomorrow =
      LocalDateTime.now(ZoneOffset.UTC).plusDays(1).truncatedTo(ChronoUnit.MINUTES);

  @BeforeEach
  @AfterEach
  void nothingIsPausedOrHalted() {
    execute("delete from automation_pause");
    execute("delete from automation");
    execute("update credential set status = 'RETIRED' where status in ('ACTIVE', 'RETIRING')");
  }

  @Test
  void showsWhatEachPolicyDoes() {
    keyed("payments").post(ROTATE, OKTA);

    HtmlPage page = browser("payments").open(POLICIES);

    assertThat(texts(page, ".policy h2")).containsExactly("connectors", "accounts", "default");
    assertThat(texts(page, ".policy dd").getFirst()).isEqualTo("apps/*/connectors/*");
    assertThat(texts(page, ".policy dd .under"))
        .contains(
            "notify 30 days before the expiry", "rotate 60 days after the creation", "due time 1");
    assertThat(texts(page, ".policy dd")).contains("7 days", "at any time", "okta-secret");
    assertThat(((DomElement) page.querySelector(".policy dd .under a")).getAttribute("href"))
        .isEqualTo("/console/credentials?policy=connectors&waitsFor=DUE_TIME");
  }

  @Test
  void previewSaysWhyEachRotationHasNotStarted() {
    keyed("payments").post(ROTATE, OKTA);

    HtmlPage month = press(browser("payments").open(POLICIES), ".chips a[href$=preview]");
    HtmlPage quarter = browser("payments").open(PREVIEW + "?days=90");

    assertThat(texts(month, ".preview td:nth-child(2) a"))
        .containsExactly("organizations/acme/service-accounts/checkout");
    assertThat(texts(month, ".preview td:nth-child(5)"))
        .containsExactly("The inventory has no active credential of it.");
    assertThat(texts(quarter, ".preview td:nth-child(2) a"))
        .containsExactly(OKTA_SUBJECT, "organizations/acme/service-accounts/checkout");
    assertThat(texts(quarter, ".preview .state")).containsExactly("due time", "credential");
    assertThat(texts(quarter, ".preview td:nth-child(5)").getFirst()).startsWith("It is due at ");
    assertThat(quarter.querySelector(".curl code").getTextContent())
        .endsWith("/api/v1/policies/preview?days=90'");
    assertThat(status(browser("payments").open(PREVIEW + "?days=0"))).isEqualTo(400);
  }

  @Test
  void adminPausesAndResumesOneSubject() {
    HtmlPage page = browser("admin").open(POLICIES);
    fill(page, "input[name=subject]", OKTA_SUBJECT);
    fill(page, "input[name=reason]", "audit");
    fill(page, "input[name=until]", tomorrow.toString());

    HtmlPage paused = press(page, "form[action$=pause] button");

    assertThat(texts(paused, ".note.good"))
        .containsExactly("The rotations of the subject are paused.");
    assertThat(texts(paused, ".pauses li > div").getFirst())
        .startsWith(OKTA_SUBJECT + " until " + tomorrow.toString().replace('T', ' '))
        .contains("audit by admin");
    assertThat(pauses()).containsExactly(OKTA_SUBJECT);

    fill(paused, ".pauses input[name=reason]", "audit is over");
    HtmlPage resumed = press(paused, ".pauses button");

    assertThat(resumed.querySelectorAll(".pauses")).isEmpty();
    assertThat(pauses()).isEmpty();
    assertThat(events()).containsExactly("automation.paused", "automation.resumed");
  }

  @Test
  void adminPausesAndResumesAllSubjects() {
    HtmlPage page = browser("admin").open(POLICIES);
    fill(page, ".action:last-child input[name=reason]", "freeze");
    fill(page, ".action:last-child input[name=until]", tomorrow.toString());

    HtmlPage paused = press(page, ".action:last-child button");
    fill(paused, ".pauses input[name=reason]", "thaw");
    HtmlPage resumed = press(paused, ".pauses button");

    assertThat(texts(paused, ".pauses b")).containsExactly("All subjects");
    assertThat(texts(browser("payments").open(POLICIES), ".pauses")).isEmpty();
    assertThat(texts(resumed, ".note.good")).containsExactly("The pause of all policies is over.");
    assertThat(events()).containsExactly("automation.paused", "automation.resumed");
  }

  @Test
  void emptySubjectDoesNotPauseAll() {
    HtmlPage refused =
        browser("admin")
            .post(
                POLICIES + "/pause",
                Map.of("subject", " ", "reason", "why", "until", tomorrow.toString()));

    assertThat(status(refused)).isEqualTo(400);
    assertThat(pauses()).isEmpty();
  }

  @Test
  void haltedRotationIsResumedInThePreview() {
    keyed("payments").post(ROTATE, OKTA);
    execute(
        """
        insert into automation (
          subject, upstream, rule, since, credential_id, tries, tried_at, last_failure, halted_at)
        select subject, upstream, '', now(), id, 9, now(), ?, now() from credential
        where status = 'ACTIVE'
        """,
        HOSTILE);

    HtmlPage page = browser("admin").open(PREVIEW);

    assertThat(texts(page, ".preview .state")).contains("automation halted");
    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(texts(page, ".preview bdi")).contains(HOSTILE);
    assertThat(browser("payments").open(PREVIEW).querySelectorAll(".preview form")).isEmpty();

    fill(page, ".preview input[name=reason]", "repaired");
    press(page, ".preview form button");

    assertThat(texts(browser("admin").open(PREVIEW), ".preview .state"))
        .doesNotContain("automation halted");
    assertThat(events()).contains("automation.resumed");
  }

  @Test
  void onlyAdminsPause() {
    for (String person : List.of("payments", "viewer", "auditor")) {
      assertThat(browser(person).open(POLICIES).querySelectorAll(".action")).isEmpty();
      assertThat(
              status(
                  browser(person)
                      .post(
                          POLICIES + "/pause",
                          Map.of("reason", "why", "until", tomorrow.toString()))))
          .isEqualTo(403);
      assertThat(status(browser(person).post(POLICIES + "/resume", Map.of("reason", "why"))))
          .isEqualTo(403);
    }
    assertThat(pauses()).isEmpty();
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    execute(
        "insert into automation_pause (scope, reason, paused_by, paused_at, until)"
            + " values ('*', ?, ?, now(), now() + interval '1 day')",
        HOSTILE,
        HOSTILE);

    HtmlPage page = browser("payments").open(POLICIES);

    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(texts(page, ".pauses bdi")).containsExactly(HOSTILE, HOSTILE);
  }

  private List<String> pauses() {
    return as("admin")
        .get("/api/v1/policies")
        .body()
        .path("pauses")
        .valueStream()
        .map(pause -> pause.path("subject").asString("*"))
        .toList();
  }

  private static int status(HtmlPage page) {
    return page.getWebResponse().getStatusCode();
  }
}
