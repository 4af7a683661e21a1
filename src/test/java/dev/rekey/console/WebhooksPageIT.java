package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.htmlunit.html.HtmlPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhooksPageIT extends ConsoleIT {

  private static final String WEBHOOKS = "/console/webhooks";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";

  @BeforeEach
  void nothingWasSent() {
    execute("delete from webhook_delivery");
  }

  @Test
  void deadWebhooksAreFirst() {
    webhook("DEAD", "status 500");
    webhook("PENDING", null);

    HtmlPage page = browser("admin").open(WEBHOOKS);

    assertThat(texts(page, ".webhooks .state")).containsExactly("dead", "pending", "dead");
    assertThat(texts(page, ".chips a")).containsExactly("All", "dead", "pending", "delivered");
    assertThat(texts(page, "td[data-label='Last failure']").getFirst()).isEqualTo("status 500");
  }

  @Test
  void listHasTheFiltersOfTheApi() {
    webhook("DEAD", "status 500");
    webhook("DELIVERED", null);
    HtmlPage page = browser("admin").open(WEBHOOKS);

    assertThat(states(press(page, ".chips a[href$='state=DEAD']"))).containsExactly("dead");
    assertThat(states(browser("admin").open(WEBHOOKS + "?target=other"))).isEmpty();
    assertThat(states(press(browser("admin").open(WEBHOOKS + "?limit=1&target=pager"), ".pages a")))
        .containsExactly("dead");
  }

  @Test
  void firstPageSaysHowManyThereAre() {
    webhook("DEAD", "status 500");
    assertThat(texts(browser("admin").open(WEBHOOKS), "[role=status]"))
        .containsExactly("1 webhook");

    webhook("DELIVERED", null);
    HtmlPage first = browser("admin").open(WEBHOOKS + "?limit=1");

    assertThat(texts(first, "[role=status]")).containsExactly("More than 1 webhooks");
    assertThat(texts(press(first, ".pages a"), "[role=status]")).containsExactly("");
  }

  @Test
  void deadWebhookIsSentAgain() {
    webhook("DEAD", "status 500");

    HtmlPage done = press(browser("admin").open(WEBHOOKS), ".webhooks button");

    assertThat(texts(done, ".note.good"))
        .containsExactly("Rekey sends the webhook to pager again.");
    assertThat(states(done)).containsExactly("pending");
    assertThat(done.querySelectorAll(".webhooks button")).isEmpty();
    assertThat(events()).containsExactly("webhook.redelivered");
  }

  @Test
  void onlyAdminsSeeIt() {
    UUID id = webhook("DEAD", "status 500");

    for (String person : List.of("payments", "viewer", "auditor")) {
      assertThat(status(browser(person).open(WEBHOOKS))).isEqualTo(403);
      assertThat(status(browser(person).post(WEBHOOKS + "/" + id + "/redeliver", Map.of())))
          .isEqualTo(403);
      assertThat(texts(browser(person).open("/console"), ".menu a")).doesNotContain("Webhooks");
    }
    assertThat(texts(browser("admin").open("/console"), ".menu a")).contains("Webhooks");
    assertThat(states(browser("admin").open(WEBHOOKS + "?state=DEAD"))).containsExactly("dead");
  }

  @Test
  void overviewCountsTheDeadOnesAndLinksToThem() {
    webhook("DEAD", "status 500");
    HtmlPage overview = browser("admin").open("/console");

    assertThat(texts(overview, ".numbers li")).contains("1 webhooks dead");
    assertThat(states(press(overview, ".numbers a[href*=webhooks]"))).containsExactly("dead");
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    webhook("DEAD", HOSTILE);
    execute("update webhook_delivery set body = ?, subject = ?", HOSTILE, HOSTILE);

    HtmlPage page = browser("admin").open(WEBHOOKS + "?state=DEAD");

    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(
            page.querySelectorAll(".webhooks bdi").stream()
                .map(text -> text.getTextContent().strip()))
        .containsExactly(HOSTILE, HOSTILE, HOSTILE);
  }

  private static List<String> states(HtmlPage page) {
    return texts(page, "#results .state");
  }

  private static int status(HtmlPage page) {
    return page.getWebResponse().getStatusCode();
  }

  private static UUID webhook(String state, @Nullable String failure) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into webhook_delivery (
          id, target, event_id, event_type, subject, order_key, body, state, tries, next_try_at,
          last_failure, settled_at, is_first)
        values (?, 'pager', gen_random_uuid(), 'credential.missing', ?, ?, '{"a":1}', ?, 3,
          now() + interval '1 day', ?, case when ? <> 'PENDING' then now() end, ? = 'PENDING')
        """,
        id,
        OKTA_SUBJECT,
        id.toString(),
        state,
        failure,
        state,
        state);
    return id;
  }
}
