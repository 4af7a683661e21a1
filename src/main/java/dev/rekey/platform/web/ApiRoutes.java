package dev.rekey.platform.web;

import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Every route of Rekey's own controllers, as Spring serves them. */
@Component
public class ApiRoutes {

  private static final PathPatternParser PATTERNS = PathPatternParser.defaultInstance;

  private final RequestMappingHandlerMapping mappings;

  ApiRoutes(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings) {
    this.mappings = mappings;
  }

  /**
   * The pattern that the path of a request fits best, such as {@code /api/v1/credentials/{id}};
   * empty if it is the path of no route.
   */
  public Optional<String> pattern(String path) {
    var asked = PathContainer.parsePath(path);
    return mappings.getHandlerMethods().keySet().stream()
        .flatMap(mapping -> mapping.getPatternValues().stream())
        .map(PATTERNS::parse)
        .filter(pattern -> pattern.matches(asked))
        .min(PathPattern.SPECIFICITY_COMPARATOR)
        .map(PathPattern::getPatternString);
  }
}
