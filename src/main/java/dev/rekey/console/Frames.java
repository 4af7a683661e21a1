package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.console.Frame.Entry;
import dev.rekey.console.login.ConsoleProperties;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** Gives every page its {@link Frame}, and the {@link Moments} of its times. */
@ControllerAdvice(annotations = ConsolePage.class)
@ConditionalOnBooleanProperty("rekey.console.enabled")
class Frames {

  /** A page, and the API's route whose scope it needs. */
  private record Page(String title, String path, String route) {}

  private static final List<Page> PAGES =
      List.of(
          new Page("Overview", "/console", "/api/v1/summary"),
          new Page("Inventory", "/console/credentials", "/api/v1/credentials"),
          new Page("Rotations", "/console/rotations", "/api/v1/rotations"),
          new Page("Policies", "/console/policies", "/api/v1/policies"),
          new Page("Findings", "/console/findings", "/api/v1/findings"),
          new Page("History", "/console/history", "/api/v1/audit-events"),
          new Page("Integrity", "/console/integrity", "/api/v1/audit-checkpoints"),
          new Page("Webhooks", "/console/webhooks", "/api/v1/webhook-deliveries"));

  private final Access access;
  private final ConsoleProperties properties;
  private final Clock clock;

  Frames(Access access, ConsoleProperties properties, Clock clock) {
    this.access = access;
    this.properties = properties;
    this.clock = clock;
  }

  @ModelAttribute("frame")
  Frame frame(Caller caller, HttpServletRequest request) {
    String current = RequestPath.of(request).decoded();
    return new Frame(
        caller.id(),
        caller.teams(),
        PAGES.stream()
            .filter(page -> access.hasScopeFor(caller, HttpMethod.GET, page.route()))
            .map(page -> new Entry(page.title(), page.path(), isWithin(page.path(), current)))
            .toList(),
        curl(request));
  }

  @ModelAttribute("times")
  Moments times() {
    return new Moments(clock.instant());
  }

  private @Nullable String curl(HttpServletRequest request) {
    List<ApiCall> reads =
        RequestChecks.calls(request).stream()
            .filter(call -> call.method().equals(HttpMethod.GET))
            .toList();
    return reads.isEmpty()
        ? null
        : reads.stream()
            .map(call -> call.curl(properties.baseUrl()))
            .collect(Collectors.joining("\n"));
  }

  private static boolean isWithin(String page, String current) {
    return current.equals(page) || (!page.equals("/console") && current.startsWith(page + "/"));
  }
}
