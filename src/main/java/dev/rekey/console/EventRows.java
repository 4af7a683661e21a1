package dev.rekey.console;

import dev.rekey.audit.AuditEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.WebContext;
import org.thymeleaf.web.servlet.JakartaServletWebApplication;

/** Writes events as rows of the history's table. */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
class EventRows {

  private final ITemplateEngine templates;
  private final Clock clock;

  EventRows(ITemplateEngine templates, Clock clock) {
    this.templates = templates;
    this.clock = clock;
  }

  /** The row as the page of the request has it. */
  String html(AuditEvent event, HttpServletRequest request, HttpServletResponse response) {
    var exchange =
        JakartaServletWebApplication.buildApplication(request.getServletContext())
            .buildExchange(request, response);
    Map<String, Object> row = Map.of("event", event, "times", new Moments(clock.instant()));
    return templates.process(
        "console/event-row", Set.of("row"), new WebContext(exchange, Locale.ENGLISH, row));
  }
}
