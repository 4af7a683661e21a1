package dev.rekey.console;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditController;
import dev.rekey.audit.AuditEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** One event, with all that the history knows of it. */
@ConsolePage
class EventPage {

  /** How far before and after an event its neighbours are. */
  private static final Duration NEAR = Duration.ofMinutes(5);

  /** A request does not take longer. */
  private static final Duration REQUEST = Duration.ofHours(1);

  private static final Duration DAY = Duration.ofHours(24);

  private final AuditController events;

  EventPage(AuditController events) {
    this.events = events;
  }

  @GetMapping(HistoryPage.PATH + "/{id}")
  @StandsOn("GET /api/v1/audit-events/{id}")
  String show(Caller caller, @PathVariable(name = "id") UUID id, Model page) {
    AuditEvent event = events.get(caller, id);
    Instant at = event.occurredAt();
    page.addAttribute("event", event);
    page.addAttribute("near", history(at, NEAR).url());
    page.addAttribute("ofActor", history(at, DAY).with("actor", event.actor().id()).url());
    if (event.requestId() != null) {
      page.addAttribute("ofRequest", history(at, REQUEST).with("q", event.requestId()).url());
    }
    if (event.subject() != null) {
      page.addAttribute(
          "ofSubject", new Link(HistoryPage.PATH, Map.of()).with("subject", event.subject()).url());
    }
    return "console/event";
  }

  private static Link history(Instant around, Duration distance) {
    var time = new LinkedHashMap<String, List<String>>();
    time.put("from", List.of(around.minus(distance).toString()));
    time.put("to", List.of(around.plus(distance).toString()));
    return new Link(HistoryPage.PATH, time);
  }
}
