package dev.rekey.platform.problem;

import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes a {@link ProblemException} the whole response, whether a controller, a security filter or
 * Tomcat raised it.
 */
@Component
public class Problems implements ErrorResponse.Interceptor, WebMvcConfigurer {

  /** The properties of a route that error responses need, even before a controller is found. */
  public interface RouteTraits {

    /** Whether the request mints a credential, so that a repetition could mint a second one. */
    boolean mints(String method, RequestPath path);

    /** Whether the upstreams' official clients use the route, which may repeat requests. */
    boolean isOfOfficialClients(RequestPath path);

    /** Whether the route's clients expect {@code code} to be a gRPC status number. */
    boolean hasGrpcCodes(RequestPath path);
  }

  /** Keeps the upstreams' official clients from repeating a request, which they do on their own. */
  public static final String SHOULD_RETRY = "x-should-retry";

  // Nothing was sent upstream, so a repetition cannot mint a second credential.
  private static final Set<ProblemType> SAFE_TO_REPEAT =
      EnumSet.of(
          ProblemType.ISSUER_UNAVAILABLE,
          ProblemType.ENCRYPTION_KEYS_UNAVAILABLE,
          ProblemType.UPSTREAM_UNAVAILABLE,
          ProblemType.RECORD_UNAVAILABLE,
          ProblemType.RATE_LIMITED,
          ProblemType.UPSTREAM_RATE_LIMITED);

  // A repetition may succeed, but could mint a second credential on a minting route.
  private static final Set<ProblemType> MAY_PASS =
      EnumSet.of(
          ProblemType.UPSTREAM_FAILED,
          ProblemType.UPSTREAM_TIMED_OUT,
          ProblemType.CHANGE_OUTCOME_UNKNOWN,
          ProblemType.INTERNAL_ERROR);

  private final RouteTraits routes;
  private final JsonMapper json;

  Problems(RouteTraits routes, JsonMapper json) {
    this.routes = routes;
    this.json = json;
  }

  @Override
  public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
    interceptors.add(this);
  }

  /** Adds the headers of every problem. Spring MVC then calls {@link #handleError}. */
  ErrorResponse response(ProblemException problem, HttpServletRequest request) {
    HttpHeaders headers = problem.getHeaders();
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    headers.setCacheControl("no-store");
    if (!SAFE_TO_REPEAT.contains(problem.type()) && isPointless(problem.type(), request)) {
      headers.set(SHOULD_RETRY, "false");
    }
    ApiPath location = problem.location();
    if (location != null) {
      headers.set(HttpHeaders.LOCATION, location.seenBy(request));
    }
    return problem;
  }

  @Override
  public void handleError(ProblemDetail detail, @Nullable ErrorResponse response) {
    // Spring has set it to the request's path.
    detail.setInstance(null);
    if (response instanceof ProblemException problem
        && RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now) {
      addMembers(problem, now.getRequest());
    }
  }

  /** Writes the whole response outside of Spring MVC, unless a response is committed already. */
  public void write(
      ProblemException problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response(problem, request);
    addMembers(problem, request);
    response.setStatus(problem.getStatusCode().value());
    problem.getHeaders().forEach((name, values) -> response.setHeader(name, values.getLast()));
    response.getOutputStream().write(json.writeValueAsBytes(problem.getBody()));
  }

  private void addMembers(ProblemException problem, HttpServletRequest request) {
    var members = new LinkedHashMap<String, Object>();
    members.put(
        "code",
        routes.hasGrpcCodes(RequestPath.of(request))
            ? problem.grpcCode()
            : (Object) problem.type().slug());
    members.put("message", problem.detail());
    RequestInfo.find(request).ifPresent(info -> members.put("requestId", info.requestId()));
    ProblemDetail body = problem.getBody();
    if (body.getProperties() != null) {
      members.putAll(body.getProperties());
      members.replaceAll(
          (_, value) -> value instanceof ApiPath path ? path.seenBy(request) : value);
    }
    body.setProperties(members);
  }

  /** Whether a repetition could not cure the problem, or could mint a second credential. */
  private boolean isPointless(ProblemType type, HttpServletRequest request) {
    RequestPath path = RequestPath.of(request);
    Object failed = request.getAttribute(RequestDispatcher.ERROR_METHOD);
    String method = failed instanceof String original ? original : request.getMethod();
    return routes.mints(method, path)
        || (routes.isOfOfficialClients(path) && !MAY_PASS.contains(type));
  }

  /** The problem for a status that Tomcat or the firewall chose. */
  public static ProblemException forStatus(int status) {
    return switch (status) {
      case 404 ->
          ProblemType.NOT_FOUND.with("No route has this path. GET /v3/api-docs lists the routes.");
      case 405 -> ProblemType.METHOD_NOT_ALLOWED.with("No route supports this method.");
      // Tomcat's status for CONNECT, and for an unknown transfer coding.
      case 501 ->
          ProblemType.METHOD_NOT_ALLOWED.with(
              "CONNECT is not supported, nor a transfer coding other than chunked.");
      case 505 -> ProblemType.MALFORMED_URL.with("Use HTTP/1.1.");
      case 413 -> ProblemType.BODY_TOO_LARGE.with("Send at most 64 KiB.");
      default ->
          status < 500
              ? ProblemType.MALFORMED_URL.with(
                  "Send a path without empty segments (//), dot segments, encoded slashes or"
                      + " semicolons, and a request line and headers without control characters"
                      + " and no larger than 8 KiB. Percent-encode characters such as { and }, which a"
                      + " placeholder without its value has.")
              : ProblemType.INTERNAL_ERROR.with("Report the requestId to Rekey's operators.");
    };
  }
}
