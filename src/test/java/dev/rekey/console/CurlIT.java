package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.EventSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Each page shows the commands that get the same from the API. */
class CurlIT extends ConsoleIT {

  private static final Pattern CURL =
      Pattern.compile("curl( -N)? -H \"Authorization: Bearer \\$TOKEN\" '([^']+)'");

  /** These paths return a stream or a file, and no page. */
  private static final List<String> FILES =
      List.of("/console/history/stream", "/console/history/export", "/console/credentials.csv");

  /** A query that each list takes, so that it has more than one page. */
  private static final String SHORT = "?limit=1";

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  @BeforeEach
  void everyListHasTwoPages() {
    execute("delete from finding");
    execute("delete from webhook_delivery");
    for (int i = 0; i < 2; i++) {
      keyed("payments").post(ROTATE, OKTA);
      finding("unused", OKTA_SUBJECT, "{}");
      webhook();
    }
    awaitAllSealed();
  }

  @Test
  void everyPageShowsRequestsThatTheApiAccepts() {
    for (String page : pages()) {
      assertThat(accepted(browser("admin").open(filled(page)))).as(page).isNotEmpty();
    }
  }

  @Test
  void everyPageOfAListShowsItsOwnRequest() {
    for (String list :
        List.of(
            "/console/credentials",
            "/console/rotations",
            "/console/findings",
            "/console/history",
            "/console/webhooks",
            filled("/console/credentials/{credentialId}/timeline"))) {
      HtmlPage second = press(browser("admin").open(list + SHORT), ".pages a");

      assertThat(accepted(second).getFirst()).as(list).contains("cursor=");
    }
  }

  @Test
  void countsHaveTheRequestsOfTheirChartAndOfTheirTypes() {
    String query = "type=rotation.*&team=payments";

    List<String> requests = accepted(browser("admin").open("/console/history/counts?" + query));

    assertThat(requests)
        .containsExactly(
            "/api/v1/audit-events/aggregate?" + query + "&groupBy=outcome,upstream",
            "/api/v1/audit-events/aggregate?" + query + "&groupBy=type,team&shape=totals");
    assertThat(accepted(browser("admin").open("/console/history/actors")))
        .containsExactly("/api/v1/audit-events/aggregate?groupBy=actor&shape=totals");
  }

  @Test
  void overviewHasTheRequestsThatThePersonMayMake() {
    String events = "/api/v1/audit-events?limit=8";
    String dead = "/api/v1/webhook-deliveries?state=DEAD&limit=100";

    assertThat(accepted(browser("admin").open("/console")))
        .containsExactly("/api/v1/summary", "/api/v1/findings/counts", events, dead);
    assertThat(requests(browser("payments").open("/console")))
        .containsExactly("/api/v1/summary", "/api/v1/findings/counts", events);
    assertThat(requests(browser("viewer").open("/console")))
        .containsExactly("/api/v1/summary", "/api/v1/findings/counts");
  }

  @Test
  void formThatFailedHasNoCommand() {
    HtmlPage refused = browser("admin").post("/console/policies/pause", Map.of("subject", "x"));

    assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(refused.querySelectorAll(".curl")).isEmpty();
  }

  /** The paths that people open. */
  private Set<String> pages() {
    var pages = new TreeSet<String>();
    mappings
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              if (handler.getBeanType().isAnnotationPresent(ConsolePage.class)
                  && mapping.getMethodsCondition().getMethods().contains(RequestMethod.GET)) {
                pages.addAll(mapping.getPatternValues());
              }
            });
    FILES.forEach(pages::remove);
    return pages;
  }

  private String filled(String page) {
    return page.replace("/history/{id}", "/history/" + any("audit_event"))
        .replace("/rotations/{id}", "/rotations/" + any("rotation"))
        .replace("/findings/{id}", "/findings/" + any("finding"))
        .replace("{credentialId}", any("credential"));
  }

  private static String any(String table) {
    return String.valueOf(query("select id from " + table + " limit 1").getFirst().get("id"));
  }

  /** Sends the requests that a page shows, and returns them. */
  private List<String> accepted(HtmlPage page) {
    List<String> requests = requests(page);
    assertThat(requests.stream().map(this::status)).as(requests.toString()).containsOnly(200);
    return requests;
  }

  private static List<String> requests(HtmlPage page) {
    String commands =
        Objects.requireNonNull(page.<DomNode>querySelector(".curl code")).getTextContent();
    return Arrays.stream(commands.split("\n", -1)).map(CurlIT::request).toList();
  }

  private static String request(String command) {
    Matcher curl = CURL.matcher(command);
    assertThat(curl.matches()).as(command).isTrue();
    assertThat(curl.group(1) != null).as(command).isEqualTo(command.contains("/stream"));
    assertThat(curl.group(2)).startsWith(url());
    return curl.group(2).substring(url().length());
  }

  private int status(String request) {
    if (request.contains("/stream")) {
      try (EventSource stream = as("admin").open(request)) {
        return stream.status();
      }
    }
    return as("admin").get(request).status();
  }

  private static void webhook() {
    var id = UUID.randomUUID();
    execute(
        """
        insert into webhook_delivery (
          id, target, event_id, event_type, subject, order_key, body, state, tries, next_try_at,
          is_first)
        values (?, 'pager', gen_random_uuid(), 'credential.missing', ?, ?, '{}', 'PENDING', 0,
          now() + interval '1 day', true)
        """,
        id,
        OKTA_SUBJECT,
        id.toString());
  }
}
