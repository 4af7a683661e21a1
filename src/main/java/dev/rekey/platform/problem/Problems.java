package dev.rekey.platform.problem;

import dev.rekey.platform.RequestInfo;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns a {@link Problem} into an answer, the same whether a controller, the security filters or
 * the server itself met it.
 */
@Component
public class Problems {

  /** Tells the upstreams' official clients, which repeat even POST by themselves, not to. */
  public static final String SHOULD_RETRY = "x-should-retry";

  // Nothing was sent upstream, so that a repetition cannot make a second credential.
  private static final Set<ProblemType> SAFE_TO_REPEAT =
      EnumSet.of(
          ProblemType.ISSUER_UNAVAILABLE,
          ProblemType.UPSTREAM_UNAVAILABLE,
          ProblemType.RECORD_UNAVAILABLE,
          ProblemType.RATE_LIMITED,
          ProblemType.UPSTREAM_RATE_LIMITED);

  private final RouteTraits routes;
  private final JsonMapper json;

  Problems(RouteTraits routes, JsonMapper json) {
    this.routes = routes;
    this.json = json;
  }

  /** The whole answer. */
  public ResponseEntity<Object> answer(Problem problem, HttpServletRequest request) {
    return ResponseEntity.status(problem.status())
        .headers(headers(problem, request))
        .body(body(problem, request));
  }

  /** Writes the whole answer, unless one has begun. */
  public void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.setStatus(problem.status().value());
    headers(problem, request).forEach((name, values) -> response.setHeader(name, values.getLast()));
    response.getOutputStream().write(json.writeValueAsBytes(body(problem, request)));
  }

  private HttpHeaders headers(Problem problem, HttpServletRequest request) {
    var headers = new HttpHeaders();
    headers.putAll(problem.headers());
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    headers.setCacheControl("no-store");
    if (mints(request) && !isSafeToRepeat(problem.type())) {
      headers.set(SHOULD_RETRY, "false");
    }
    return headers;
  }

  private Map<String, Object> body(Problem problem, HttpServletRequest request) {
    return body(
        problem,
        routes.hasGrpcCodes(path(request)),
        RequestInfo.find(request).map(RequestInfo::requestId).orElse(null));
  }

  /** The members that every problem has, and its own. */
  static Map<String, Object> body(Problem problem, boolean grpcCodes, @Nullable String requestId) {
    var body = new LinkedHashMap<String, Object>();
    body.put("type", problem.type().uri().toString());
    body.put("title", problem.type().title());
    body.put("status", problem.status().value());
    body.put("detail", problem.detail());
    body.put("code", grpcCodes ? GrpcCode.of(problem).number() : (Object) problem.type().slug());
    body.put("message", problem.detail());
    if (requestId != null) {
      body.put("requestId", requestId);
    }
    body.putAll(problem.members());
    return body;
  }

  /** Whether a mint that ended so can be sent again without making a second credential. */
  static boolean isSafeToRepeat(ProblemType type) {
    return SAFE_TO_REPEAT.contains(type);
  }

  // An encoded slash makes the decoded path another one, and the client repeats all the same.
  private boolean mints(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_METHOD);
    String method = failed instanceof String original ? original : request.getMethod();
    return routes.mints(method, path(request)) || routes.mints(method, rawPath(request));
  }

  private static String decoded(String path) {
    try {
      return UriUtils.decode(path, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  private static String path(HttpServletRequest request) {
    return decoded(rawPath(request));
  }

  private static String rawPath(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    String path = failed instanceof String uri ? uri : request.getRequestURI();
    // Where the request line could not be read, there is none.
    return path == null ? "" : path;
  }

  /** The problem that stands for a status which the server or the firewall chose. */
  public static Problem forStatus(int status) {
    return switch (status) {
      case 404 ->
          ProblemType.NOT_FOUND.with("No route has this path; GET /v3/api-docs lists them.");
      case 405 -> ProblemType.METHOD_NOT_ALLOWED.with("This method is not supported anywhere.");
      // Tomcat's words for CONNECT, and for a transfer coding that it does not know.
      case 501 ->
          ProblemType.METHOD_NOT_ALLOWED.with(
              "Neither CONNECT nor a transfer coding other than chunked is supported.");
      case 505 -> ProblemType.MALFORMED_URL.with("Use HTTP/1.1.");
      case 413 -> ProblemType.BODY_TOO_LARGE.with("Send at most 64 KiB.");
      default ->
          status < 500
              ? ProblemType.MALFORMED_URL.with(
                  "Send a request line and headers without encoded slashes, semicolons, control"
                      + " characters or dot segments, and no larger than 8 KiB.")
              : ProblemType.INTERNAL_ERROR.with("Tell Rekey's operators the requestId.");
    };
  }
}
