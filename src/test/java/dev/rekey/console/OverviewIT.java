package dev.rekey.console;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.util.List;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;

class OverviewIT extends ConsoleIT {

  @Test
  void showsTheNumbersOfTheSummary() {
    keyed("payments").post(ROTATE, OKTA);

    HtmlPage page = browser("payments").open("/console");

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(texts(page, ".numbers li"))
        .contains("0 overdue", "0 due in 7 days", "0 unknown outcomes");
  }

  @Test
  void showsTheRotationsOfThirtyDaysAndTheLatestEvents() {
    keyed("payments").post(ROTATE, OKTA);

    HtmlPage page = browser("payments").open("/console");

    assertThat(((DomElement) page.querySelector(".chart svg")).getAttribute("aria-label"))
        .matches("Rotations by day and outcome, [1-9]\\d* in 30 days");
    assertThat(texts(page, ".events .state")).contains("rotation.requested", "rotation.succeeded");
    assertThat(texts(page, ".events th")).containsExactly("When", "What", "Who", "Subject", "Why");
  }

  @Test
  void showsNoEventsWithoutTheScopeToReadThem() {
    HtmlPage page = browser("viewer").open("/console");

    assertThat(page.querySelectorAll(".events")).isEmpty();
    assertThat(texts(page, ".menu a"))
        .containsExactly("Overview", "Inventory", "Rotations", "Policies", "Findings");
  }

  @Test
  void linksToTheRotationsThatWaitForAPerson() {
    Answer old = as("payments").post(CHECKOUT, json("name", "primary"));
    keyed("payments").post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");
    await()
        .until(
            () ->
                texts(browser("payments").open("/console"), ".numbers li")
                    .containsAll(List.of("1 unconfirmed", "0 deliveries parked")));

    HtmlPage waiting =
        press(browser("payments").open("/console"), ".numbers a[href$='needs=confirmation']");

    assertThat(texts(waiting, ".rotations td:nth-child(2)"))
        .containsExactly("organizations/acme/service-accounts/checkout primary");
  }

  @Test
  void listsOnlyTheKindsOfFindingsThatAreOpen() {
    finding("no-owner", OKTA_SUBJECT, "{}");
    countFindings("payments");

    assertThat(texts(browser("payments").open("/console"), ".list > li"))
        .containsExactly("medium The subject has no owner. 1");
    assertThat(texts(browser("search").open("/console"), ".list > li")).isEmpty();
  }

  @Test
  void showsDeadWebhooksToAdminsOnly() {
    assertThat(texts(browser("payments").open("/console"), ".numbers li"))
        .noneMatch(number -> number.contains("webhooks"));
    assertThat(texts(browser("admin").open("/console"), ".numbers li")).contains("0 webhooks dead");
  }

  @Test
  void sayWhyNumbersAreMissingAndShowTheRest() {
    keyed("payments").post(ROTATE, OKTA);

    HtmlPage page = overviewBehindALock("rotation");

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(texts(page, ".missing"))
        .hasSize(2)
        .allMatch(text -> text.startsWith("The query took longer than 5 s and was cancelled."));
    assertThat(page.querySelectorAll(".numbers, .chart")).isEmpty();
    assertThat(texts(page, ".events .state")).contains("rotation.requested");
    assertThat(texts(page, "h2")).contains("Rotations in 30 days", "Open findings");
    awaitCounts();
  }

  @Test
  void sayWhyFindingsAndEventsAreMissingAndShowTheRest() {
    HtmlPage page = overviewBehindALock("finding, audit_event");

    assertThat(texts(page, ".missing")).hasSize(2);
    assertThat(texts(page, ".numbers li")).contains("0 overdue");
    assertThat(page.querySelectorAll(".events, .list")).isEmpty();
    assertThat(texts(page, ".quiet")).doesNotContain("Nothing needs attention.");
    awaitCounts();
  }

  /** Shared counts of the login are over when the first query was too broad. */
  private HtmlPage overviewBehindALock(String tables) {
    return behindALock(
        tables,
        "payments",
        browser -> {
          browser.open("/console");
          return browser.open("/console");
        });
  }

  /** Callers share counts for five seconds, and that there are none. */
  private void awaitCounts() {
    await()
        .untilAsserted(
            () ->
                assertThat(browser("payments").open("/console").querySelectorAll(".missing"))
                    .isEmpty());
  }

  @Test
  void showsTheCommandThatGetsTheSame() {
    assertThat(browser("payments").open("/console").querySelector(".curl code").getTextContent())
        .startsWith("curl -H \"Authorization: Bearer $TOKEN\" 'http://localhost:")
        .contains("/api/v1/summary'\n");
  }
}
