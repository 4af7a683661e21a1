package dev.rekey.access;

import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets the web pages of configured origins read the API (CORS), and refuses others with a problem.
 * Spring Security uses it because of its name.
 */
@Component("corsFilter")
class CrossOriginFilter extends CorsFilter {

  private static final List<String> METHODS = List.of("GET", "HEAD");

  private static final List<String> REQUEST_HEADERS =
      List.of(
          "Authorization",
          "Content-Type",
          "If-None-Match",
          "Last-Event-ID",
          "X-Request-Id",
          "traceparent",
          "tracestate",
          "baggage");

  private static final List<String> RESPONSE_HEADERS =
      List.of(
          "Age",
          "Allow",
          "Content-Disposition",
          "ETag",
          "Link",
          "Location",
          "Rekey-Credential-Id",
          "Rekey-Delivery",
          "Rekey-Rotation-Id",
          "Retry-After",
          "WWW-Authenticate",
          "X-Accel-Buffering",
          "X-Request-Id",
          Problems.SHOULD_RETRY);

  CrossOriginFilter(AccessProperties properties, Problems problems) {
    super(source(properties.corsOrigins()));
    setCorsProcessor(new Processor(problems));
  }

  private static UrlBasedCorsConfigurationSource source(List<String> origins) {
    var source = new UrlBasedCorsConfigurationSource();
    if (!origins.isEmpty()) {
      var cors = new CorsConfiguration();
      cors.setAllowedOrigins(origins);
      cors.setAllowedMethods(METHODS);
      cors.setAllowedHeaders(REQUEST_HEADERS);
      cors.setExposedHeaders(RESPONSE_HEADERS);
      cors.setMaxAge(Duration.ofHours(1));
      source.registerCorsConfiguration("/api/v1/**", cors);
      source.registerCorsConfiguration("/organizations/**", cors);
    }
    return source;
  }

  private static final class Processor extends DefaultCorsProcessor {

    private final Problems problems;

    private Processor(Problems problems) {
      this.problems = problems;
    }

    @Override
    public boolean processRequest(
        @Nullable CorsConfiguration allowed,
        HttpServletRequest request,
        HttpServletResponse response)
        throws IOException {
      // Without a configuration, Spring would respond 200 to a preflight, and allow nothing.
      boolean isAllowed =
          (allowed != null || !CorsUtils.isPreFlightRequest(request))
              && super.processRequest(allowed, request, response);
      if (!isAllowed) {
        problems.write(
            ProblemType.ORIGIN_NOT_ALLOWED.with(reason(allowed, request)), request, response);
      }
      return isAllowed;
    }

    /** Leaves the response to {@link #processRequest}. */
    @Override
    protected void rejectRequest(ServerHttpResponse response) {}

    private static String reason(@Nullable CorsConfiguration allowed, HttpServletRequest request) {
      return allowed == null || allowed.checkOrigin(request.getHeader(HttpHeaders.ORIGIN)) == null
          ? "Pages of this origin may not use this route. Rekey's operators list the origins of"
              + " dashboards in REKEY_ACCESS_CORS_ORIGINS; they may read /api/v1 and"
              + " /organizations."
          : "Pages may send only "
              + String.join(" and ", METHODS)
              + ", with the headers "
              + String.join(", ", REQUEST_HEADERS)
              + ".";
    }
  }
}
