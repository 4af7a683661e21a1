package dev.rekey.platform.web;

import dev.rekey.platform.RequestPath;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** The routes of Rekey's controllers, from Spring MVC. */
@Component
public class ApiRoutes {

  private static final PathPatternParser PATTERNS = PathPatternParser.defaultInstance;

  private final RequestMappingHandlerMapping mappings;

  ApiRoutes(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings) {
    this.mappings = mappings;
  }

  /**
   * The most specific route that matches a path, such as {@code /api/v1/credentials/{id}}; empty if
   * there is none.
   */
  public Optional<String> pattern(RequestPath path) {
    var requested = PathContainer.parsePath(path.sent());
    return mappings.getHandlerMethods().keySet().stream()
        .flatMap(mapping -> mapping.getPatternValues().stream())
        .map(PATTERNS::parse)
        .filter(pattern -> pattern.matches(requested))
        .min(PathPattern.SPECIFICITY_COMPARATOR)
        .map(PathPattern::getPatternString);
  }
}
