package dev.rekey.console;

import static dev.rekey.console.Responses.body;
import static dev.rekey.console.Responses.items;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditController;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.AuditQuery.SequenceQuery;
import dev.rekey.audit.AuditType;
import dev.rekey.audit.EventFormat.FormatQuery;
import dev.rekey.audit.export.ExportController;
import dev.rekey.audit.tail.StreamController;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.ViewQuery;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Searches, follows and exports the history. The counts of a search cost more than its first page,
 * so {@link HistoryCountsPage} has them, and a browser loads them after the page.
 */
@ConsolePage
class HistoryPage {

  static final String PATH = "/console/history";

  private static final String STREAM = PATH + "/stream";

  private final AuditController search;
  private final StreamController streams;
  private final ExportController exports;
  private final AuditEvents events;
  private final EventRows rows;
  private final Clock clock;

  HistoryPage(
      AuditController search,
      StreamController streams,
      ExportController exports,
      AuditEvents events,
      EventRows rows,
      Clock clock) {
    this.search = search;
    this.streams = streams;
    this.exports = exports;
    this.events = events;
    this.rows = rows;
    this.clock = clock;
  }

  @GetMapping(PATH)
  @StandsOn("GET /api/v1/audit-events")
  String show(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SearchQuery byTime,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request) {
    SearchPage<AuditEvent> found = find(caller, query, ofEvents, byTime, paging, request);
    Link here = Link.to(PATH, request);
    page.addAttribute("events", items(found));
    page.addAttribute(
        "next", found.nextCursor() == null ? null : here.with("cursor", found.nextCursor()).url());
    page.addAttribute("window", TimeWindow.of(byTime, here, clock.instant()));
    page.addAttribute("types", AuditType.values());
    page.addAttribute("outcomes", AuditOutcome.values());
    if (byTime.q() == null && hasCounts(ofEvents)) {
      page.addAttribute("counts", Link.to(PATH + "/counts", request).without("limit").url());
    }
    if (byTime.q() == null) {
      page.addAttribute(
          "live", Link.to(PATH + "/live", request).without("from", "to", "limit").url());
    }
    Link export = Link.to(PATH + "/export", request).without("limit");
    page.addAttribute("ndjson", export.with("format", "ndjson").url());
    page.addAttribute("csv", export.with("format", "csv").url());
    return "console/history";
  }

  /** The counts do not have these columns. */
  private static boolean hasCounts(EventQuery ofEvents) {
    return ofEvents.equals(new EventQuery(null, null, null));
  }

  /** Shows the events that the stream does not send again: the sealed ones before its start. */
  @GetMapping(PATH + "/live")
  @StandsOn("GET /api/v1/audit-events/stream")
  String follow(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      Model page,
      HttpServletRequest request) {
    long head = events.head();
    SearchPage<AuditEvent> newest =
        find(
            caller,
            query,
            ofEvents,
            new SearchQuery(null, null, null),
            new PageQuery(null, null),
            request);
    page.addAttribute(
        "events",
        items(newest).stream()
            .filter(event -> event.seq() != null && event.seq() <= head)
            .toList());
    page.addAttribute("stream", Link.to(STREAM, request).with("afterSeq", head).url());
    page.addAttribute("here", Link.to(PATH + "/live", request).url());
    page.addAttribute("search", Link.to(PATH, request).url());
    return "console/live";
  }

  /** Sends rows of HTML. Has the places and the end of the API's stream. */
  @GetMapping(STREAM)
  @StandsOn("GET /api/v1/audit-events/stream")
  void stream(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SequenceQuery sequence,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    streams.send(
        caller,
        query,
        ofEvents,
        sequence,
        rows.of(request, response),
        lastEventId,
        request,
        response);
  }

  @GetMapping(PATH + "/export")
  @StandsOn("GET /api/v1/audit-events/export")
  void export(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SearchQuery byTime,
      @ModelAttribute SequenceQuery sequence,
      @RequestParam(name = "format", required = false) @Nullable String format,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    exports.export(caller, query, ofEvents, byTime, sequence, format, request, response);
  }

  private SearchPage<AuditEvent> find(
      Caller caller,
      AuditQuery query,
      EventQuery ofEvents,
      SearchQuery byTime,
      PageQuery paging,
      HttpServletRequest request) {
    return body(
        search.search(
            caller,
            query,
            ofEvents,
            byTime,
            paging,
            new ViewQuery(null, null),
            new FormatQuery("json"),
            request));
  }
}
