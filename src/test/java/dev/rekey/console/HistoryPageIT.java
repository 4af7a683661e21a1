package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.OldMonth;
import dev.rekey.run.EventSource;
import dev.rekey.run.EventSource.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.htmlunit.Page;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HistoryPageIT extends ConsoleIT {

  private static final String HISTORY = "/console/history";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";

  @Test
  void showsTheEventsThatMatchTheUrl() {
    append("access.denied", "denied", "first");
    append("rotation.unknown", "unknown", "second");

    HtmlPage page =
        browser("auditor").open(HISTORY + "?actor=" + requestId + "&type=access.*&outcome=denied");

    assertThat(texts(page, ".results td[data-label=Why]")).containsExactly("first");
    assertThat(field(page, "type")).isEqualTo("access.*");
    assertThat(field(page, "outcome")).isEqualTo("denied");
    assertThat(field(page, "actor")).isEqualTo(requestId);
  }

  @Test
  void formSearchesTheTimesThatAPersonTypes() {
    HtmlPage page =
        browser("auditor")
            .open(HISTORY + "?q=&type=&from=2026-01-30T12%3A00%3A00&to=2026-01-31T12%3A00&team=");

    assertThat(page.getUrl().getQuery())
        .isEqualTo("from=2026-01-30T12%3A00%3A00Z&to=2026-01-31T12%3A00%3A00Z");
    assertThat(field(page, "from")).isEqualTo("2026-01-30T12:00:00");
  }

  @Test
  void olderEventsAreOnTheNextPage() throws Exception {
    append("access.denied", "denied", "older");
    append("access.denied", "denied", "newer");
    HtmlPage first = browser("auditor").open(HISTORY + "?limit=1&actor=" + requestId);

    HtmlPage second = first.getAnchorByText("Older events").click();

    assertThat(texts(first, ".results td[data-label=Why]")).containsExactly("newer");
    assertThat(texts(second, ".results td[data-label=Why]")).containsExactly("older");
  }

  @Test
  void teamSeesTheEventsOfItsSubjectsOnly() {
    keyed("payments").post(ROTATE, OKTA);
    String events = HISTORY + "?type=rotation.*&subject=" + OKTA_SUBJECT;

    assertThat(texts(browser("payments").open(events), ".results td[data-label=Subject]"))
        .contains(OKTA_SUBJECT);
    assertThat(texts(browser("auditor").open(events), ".results td[data-label=Subject]"))
        .contains(OKTA_SUBJECT);
    assertThat(texts(browser("search").open(events), ".results td")).isEmpty();
    assertThat(counts("search", "subject=" + OKTA_SUBJECT).querySelectorAll(".facet")).isEmpty();
  }

  @Test
  void personWithoutTheScopeSeesNothing() {
    for (String path :
        List.of("", "/counts", "/actors", "/live", "/stream", "/export?format=csv")) {
      HtmlPage page = browser("viewer").open(HISTORY + path);

      assertThat(page.getWebResponse().getStatusCode()).as(path).isEqualTo(403);
      assertThat(page.getBody().asNormalizedText()).contains("audit:read");
    }
  }

  @Test
  void invalidFilterIsAProblem() {
    HtmlPage page = browser("auditor").open(HISTORY + "?type=nothing");

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(page.getBody().asNormalizedText()).contains("type has to be one or more of");
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    execute(
        "insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_team, actor_kind,"
            + " upstream, subject, reason) values (test_uuidv7(), 'access.denied', now(), 'denied',"
            + " ?, ?, 'caller', 'keycard', ?, ?)",
        HOSTILE + requestId,
        HOSTILE,
        HOSTILE,
        HOSTILE);
    awaitAllSealed();
    HtmlPage page = browser("auditor").open(HISTORY + "?q=" + requestId.substring(5));

    assertThat(page.querySelectorAll("img")).isEmpty();
    for (String label : List.of("Who", "Subject", "Why")) {
      assertThat(texts(page, ".results td[data-label=" + label + "] bdi").getFirst())
          .startsWith(HOSTILE);
    }
    HtmlPage counts = counts("auditor", "outcome=denied");
    assertThat(counts.querySelectorAll("img")).isEmpty();
    assertThat(texts(counts, ".facet bdi")).contains(HOSTILE);
  }

  @Test
  void countsNarrowAndWidenTheSearch() throws Exception {
    append("rotation.orphan-suspected", "unknown", "counted");
    awaitAllSealed();
    HtmlPage counts = counts("auditor", "type=rotation.*");
    HtmlAnchor type = link(counts, ".facet a", "rotation.orphan-suspected");

    HtmlPage narrowed = type.click();
    HtmlPage again = counts("auditor", Objects.requireNonNull(narrowed.getUrl().getQuery()));
    HtmlPage widened =
        link(again, ".facet a", "rotation.orphan-suspected, remove this filter").click();

    assertThat(narrowed.getUrl().getPath()).isEqualTo(HISTORY);
    assertThat(narrowed.getUrl().getQuery()).isEqualTo("type=rotation.orphan-suspected");
    assertThat(texts(narrowed, ".results td[data-label=What]"))
        .containsOnly("rotation.orphan-suspected");
    assertThat(widened.getUrl().getQuery()).isNull();
  }

  @Test
  void barNarrowsTheSearchToItsTime() {
    append("access.denied", "denied", "in the bar");
    awaitAllSealed();
    List<DomNode> bars = counts("auditor", "type=access.denied").querySelectorAll(".chart svg a");
    var bar = (DomElement) bars.getLast();

    HtmlPage narrowed = browser("auditor").open(bar.getAttribute("href"));

    assertThat(bar.getAttribute("aria-label")).matches("\\S+ \\S+ to \\S+ \\S+: \\d+ events");
    assertThat(Instant.parse(field(narrowed, "from") + "Z"))
        .isBefore(Instant.now())
        .isBefore(Instant.parse(field(narrowed, "to") + "Z"));
    assertThat(texts(narrowed, ".results td[data-label=Why]")).contains("in the bar");
  }

  @Test
  void pageOffersCountsOnlyOfFiltersThatTheyKnow() {
    assertThat(browser("auditor").open(HISTORY + "?team=payments").querySelectorAll("#counts"))
        .hasSize(1);
    for (String filter : List.of("q=okta", "actor=payments")) {
      HtmlPage page = browser("auditor").open(HISTORY + "?" + filter);

      assertThat(page.querySelectorAll("#counts")).isEmpty();
      assertThat(texts(page, ".results p")).anyMatch(text -> text.startsWith("Counts know no"));
    }
  }

  @Test
  void actorsAreCountedOnRequest() throws Exception {
    append("access.denied", "denied", "by an actor");
    awaitAllSealed();
    HtmlPage counts = counts("auditor", "type=access.denied");

    HtmlPage actors = counts.getAnchorByText("Count by actor").click();
    HtmlPage history = link(actors, ".facet a", requestId).click();

    assertThat(history.getUrl().getQuery()).isEqualTo("type=access.denied&actor=" + requestId);
    assertThat(texts(history, ".results td[data-label=Why]")).containsExactly("by an actor");
  }

  @Test
  void countsShowTheRestIfThereAreTooManyOfOneKind() {
    execute(
        "insert into audit_rollup (hour, type, outcome, team, upstream, events) select"
            + " date_trunc('hour', now() - interval '3 days'), 'access.denied', 'denied',"
            + " 'team-' || n, 'keycard', 1 from generate_series(1, 100001) n");
    String time = "from=%s&to=%s".formatted(daysAgo(4), daysAgo(2));

    HtmlPage counts = counts("auditor", time + "&outcome=denied");

    assertThat(texts(counts, ".facets h2")).containsExactly("Outcome", "Upstream", "Who");
    assertThat(texts(counts, ".facets > p").getFirst())
        .startsWith("There is too much to count by type and team.");
    assertThat(counts.querySelectorAll(".chart svg a")).isNotEmpty();
    execute("delete from audit_rollup where team like 'team-%'");
  }

  private static Instant daysAgo(int days) {
    return Instant.now().minus(Duration.ofDays(days)).truncatedTo(ChronoUnit.HOURS);
  }

  @Test
  void timesAreOneClickAway() throws Exception {
    HtmlPage page = browser("auditor").open(HISTORY + "?type=access.denied");
    assertThat(texts(page, ".chips [aria-current]")).containsExactly("24 hours");

    HtmlPage week = page.getAnchorByText("7 days").click();
    HtmlPage wider = week.getAnchorByText("Zoom out").click();

    assertThat(texts(week, ".chips [aria-current]")).containsExactly("7 days");
    assertThat(week.getUrl().getQuery()).startsWith("type=access.denied&from=");
    assertThat(Instant.parse(field(wider, "from") + "Z"))
        .isBefore(Instant.parse(field(week, "from") + "Z"));
  }

  @Test
  void exportIsThatOfTheApiAndIsRecorded() {
    append("access.denied", "denied", "exported");
    awaitAllSealed();

    Page csv = browser("auditor").get(HISTORY + "/export?format=csv&actor=" + requestId);

    assertThat(csv.getWebResponse().getContentType()).isEqualTo("text/csv");
    assertThat(csv.getWebResponse().getResponseHeaderValue("Content-Disposition"))
        .startsWith("attachment; filename=\"rekey-audit-");
    assertThat(csv.getWebResponse().getContentAsString()).contains("exported");
    assertThat(events()).containsExactly("audit.exported");
  }

  @Test
  void exportLinksHaveTheFilter() {
    HtmlPage page = browser("auditor").open(HISTORY + "?team=payments&limit=10");

    assertThat(page.getAnchorByText("Export CSV").getHrefAttribute())
        .isEqualTo(HISTORY + "/export?team=payments&format=csv");
  }

  @Test
  void liveHistoryMissesNothingAndShowsNothingTwice() {
    append("access.denied", "denied", "before");
    awaitAllSealed();
    append("access.denied", "denied", "perhaps not sealed");
    HtmlPage page = browser("auditor").open(HISTORY + "/live?actor=" + requestId);
    List<String> shown = texts(page, "td[data-label=Why]");
    String stream = ((DomElement) page.querySelector("tbody")).getAttribute("sse-connect");
    append("access.denied", "denied", "after");

    try (EventSource source = session("auditor").open(stream)) {
      List<String> all = new ArrayList<>(shown);
      while (!all.contains("after")) {
        all.add(reason(next(source)));
      }

      assertThat(all)
          .containsExactlyInAnyOrder("before", "perhaps not sealed", "after")
          .contains("before");
    }
  }

  @Test
  void streamOfRowsGoesOnAfterTheLastEventOfAConnection() {
    String path = HISTORY + "/stream?actor=" + requestId + "&afterSeq=" + head();
    append("access.denied", "denied", "one");
    append("access.denied", "denied", HOSTILE);
    String last;
    try (EventSource source = session("auditor").open(path)) {
      Message one = next(source);
      assertThat(one.text()).contains("<tr>", "one", "href=\"/console/history/");
      last = one.id();
    }

    try (EventSource source = session("auditor").with("Last-Event-ID", last).open(path)) {
      assertThat(next(source).text()).contains("&lt;img src=x").doesNotContain("<img");
    }
  }

  @Test
  void streamOfRowsSaysWhichEventsAreNoLongerKept() {
    String path = HISTORY + "/stream?actor=" + requestId + "&afterSeq=" + head();
    try (var month = new OldMonth(postgres())) {
      month.append("2020-01-05 12:00:00");
      month.append("2020-01-31 23:59:59");
      awaitAllSealed();
    }
    append("access.denied", "denied", "kept");

    try (EventSource source = session("auditor").open(path)) {
      Message gone = next(source);
      assertThat(gone.event()).isEqualTo("not-retained");
      assertThat(gone.text())
          .startsWith("<tr")
          .contains(
              "Events between 2020-01-05 12:00:00 and 2020-01-31 23:59:59 are no longer kept, 2 in"
                  + " all.");
      assertThat(reason(next(source))).isEqualTo("kept");
    }
  }

  @Test
  void liveHistoryShowsBothTypesOfMessages() {
    HtmlPage page = browser("auditor").open(HISTORY + "/live");

    assertThat(((DomElement) page.querySelector("tbody")).getAttribute("sse-swap"))
        .isEqualTo("message,not-retained");
  }

  @Test
  void streamOfRowsNeedsAPlaceOfTheApisStreams() {
    var streams = new ArrayList<EventSource>();
    for (int i = 0; i < 10; i++) {
      streams.add(as("auditor").open("/api/v1/audit-events/stream"));
    }
    try (EventSource refused = session("auditor").open(HISTORY + "/stream")) {
      assertThat(refused.status()).isEqualTo(429);
    } finally {
      streams.forEach(EventSource::close);
    }
  }

  private HtmlPage counts(String person, String query) {
    return browser(person).open(HISTORY + "/counts?" + query);
  }

  private static String field(HtmlPage page, String name) {
    return page.<HtmlInput>getElementByName(name).getValue();
  }

  private static HtmlAnchor link(HtmlPage page, String selector, String text) {
    return page.querySelectorAll(selector).stream()
        .filter(link -> link.asNormalizedText().equals(text))
        .map(HtmlAnchor.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Message next(EventSource source) {
    return Objects.requireNonNull(source.next());
  }

  /** The reason of the event in a row of HTML. */
  private static String reason(Message row) {
    return row.text().replaceFirst("(?s).*data-label=\"Why\"><bdi>(.*?)</bdi>.*", "$1");
  }

  private static long head() {
    return numberOf("select coalesce(max(seq), 0) from audit_seal");
  }

  private void append(String type, String outcome, String reason) {
    execute(
        "insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_kind, reason)"
            + " values (test_uuidv7(), ?, now(), ?, ?, 'caller', ?)",
        type,
        outcome,
        requestId,
        reason);
  }
}
