package dev.rekey.console;

import static dev.rekey.console.Responses.body;
import static dev.rekey.console.Responses.items;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditController;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.EventFormat.FormatQuery;
import dev.rekey.audit.aggregate.AggregateController;
import dev.rekey.audit.aggregate.AggregateQuery;
import dev.rekey.finding.FindingController;
import dev.rekey.notification.WebhookDelivery;
import dev.rekey.notification.WebhookDeliveryController;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.rotation.SummaryController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The first page: numbers, rotations of 30 days, open findings and the latest events. */
@ConsolePage
class OverviewPage {

  private static final String EVENTS = "/api/v1/audit-events";
  private static final String WEBHOOKS = "/api/v1/webhook-deliveries";
  private static final Duration CHART = Duration.ofDays(29);
  private static final int LATEST = 8;
  private static final int DEAD = 100;

  private final SummaryController summary;
  private final AggregateController aggregates;
  private final AuditController events;
  private final WebhookDeliveryController webhooks;
  private final FindingController findings;
  private final Access access;
  private final Clock clock;

  OverviewPage(
      SummaryController summary,
      AggregateController aggregates,
      AuditController events,
      WebhookDeliveryController webhooks,
      FindingController findings,
      Access access,
      Clock clock) {
    this.summary = summary;
    this.aggregates = aggregates;
    this.events = events;
    this.webhooks = webhooks;
    this.findings = findings;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping("/console")
  @StandsOn(
      value = "GET /api/v1/summary",
      also = {
        "GET /api/v1/findings/counts",
        "GET " + EVENTS + "?limit=" + LATEST,
        "GET " + WEBHOOKS + "?state=DEAD&limit=" + DEAD
      })
  String show(Caller caller, Model page, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    page.addAttribute("summary", Part.of(() -> body(summary.get(caller, null, null))));
    page.addAttribute(
        "findings",
        Part.of(
            () ->
                body(findings.counts(caller, null)).kinds().stream()
                    .filter(each -> each.open() > 0)
                    .toList()));
    if (access.hasScopeFor(caller, HttpMethod.GET, EVENTS)) {
      page.addAttribute("rotations", Part.of(() -> rotationsByDay(caller, request, response)));
      page.addAttribute("latest", Part.of(() -> latest(caller, request)));
    }
    if (access.hasScopeFor(caller, HttpMethod.GET, WEBHOOKS)) {
      page.addAttribute("dead", deadWebhooks());
    }
    return "console/overview";
  }

  private BarChart rotationsByDay(
      Caller caller, HttpServletRequest request, HttpServletResponse response) throws IOException {
    Instant from = clock.instant().truncatedTo(ChronoUnit.DAYS).minus(CHART);
    var ofOutcomes =
        new AggregateQuery("rotations", null, "json", "1d", null, "outcome", null, from, null);
    return BarChart.of(
        body(
            aggregates.aggregate(
                caller,
                new AuditQuery(null, null, null, null, null),
                ofOutcomes,
                request,
                response)));
  }

  private List<AuditEvent> latest(Caller caller, HttpServletRequest request) {
    return items(
        body(
            events.search(
                caller,
                new AuditQuery(null, null, null, null, null),
                new EventQuery(null, null, null),
                new SearchQuery(null, null, null),
                new PageQuery(LATEST, null),
                new ViewQuery(null, null),
                new FormatQuery("json"),
                request)));
  }

  private Slice<WebhookDelivery> deadWebhooks() {
    return body(webhooks.list(Values.of("DEAD"), null, new PageQuery(DEAD, null)));
  }
}
