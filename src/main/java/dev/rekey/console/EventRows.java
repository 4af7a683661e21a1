package dev.rekey.console;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.tail.EventForm;
import dev.rekey.audit.tail.NotRetained;
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

/** Writes a stream of events as rows of their table. */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
class EventRows {

  private final ITemplateEngine templates;
  private final Clock clock;

  EventRows(ITemplateEngine templates, Clock clock) {
    this.templates = templates;
    this.clock = clock;
  }

  /** The rows as the page of the request has them. */
  EventForm of(HttpServletRequest request, HttpServletResponse response) {
    var exchange =
        JakartaServletWebApplication.buildApplication(request.getServletContext())
            .buildExchange(request, response);
    return new EventForm() {

      @Override
      public String of(AuditEvent event) {
        return html("row", Map.of("event", event));
      }

      @Override
      public String of(NotRetained events) {
        return html("not-retained", Map.of("gone", events));
      }

      private String html(String fragment, Map<String, Object> variables) {
        var context = new WebContext(exchange, Locale.ENGLISH, variables);
        context.setVariable("times", new Moments(clock.instant()));
        return templates.process("console/events", Set.of(fragment), context);
      }
    };
  }
}
