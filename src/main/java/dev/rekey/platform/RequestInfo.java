package dev.rekey.platform;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The origin of a request and the ids to find it by.
 *
 * @param requestId the caller's {@code X-Client-Request-ID}, else its {@code X-Request-Id}, else
 *     Rekey's own
 * @param traceId W3C trace id, 32 hex digits; null if tracing is off
 * @param ip the address of the peer, or behind trusted proxies of their client; null if a proxy has
 *     named none
 * @param userAgent as sent, without control characters, cut to 200 characters; null if not sent
 */
public record RequestInfo(
    String requestId, @Nullable String traceId, @Nullable String ip, @Nullable String userAgent) {

  public static final String HEADER = "X-Request-Id";

  private static final String ATTRIBUTE = RequestInfo.class.getName();
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:+/=-]{1,128}");
  private static final int MAX_USER_AGENT = 200;

  /** Reads a request, and stores the result in it for {@link #find}. */
  public static RequestInfo store(HttpServletRequest request, @Nullable String traceId) {
    var info =
        new RequestInfo(
            requestId(request),
            traceId,
            ip(request),
            userAgent(request.getHeader(HttpHeaders.USER_AGENT)));
    request.setAttribute(ATTRIBUTE, info);
    return info;
  }

  /** Empty only if the request did not reach Rekey's filters. */
  public static Optional<RequestInfo> find(HttpServletRequest request) {
    return Optional.ofNullable((RequestInfo) request.getAttribute(ATTRIBUTE));
  }

  // Spring's wrapper has the address that the caller claims to have, not the one that Tomcat has
  // counted from the trusted proxies.
  private static @Nullable String ip(ServletRequest request) {
    return request instanceof ServletRequestWrapper wrapper
        ? ip(wrapper.getRequest())
        : IpAddress.bare(request.getRemoteAddr()).orElse(null);
  }

  // A proxy before Rekey may set the other header, so the client's own comes first.
  private static String requestId(HttpServletRequest request) {
    return ClientRequestId.of(request)
        .or(() -> Optional.ofNullable(request.getHeader(HEADER)).filter(RequestInfo::isRequestId))
        .orElseGet(() -> Ids.next().toString());
  }

  /** Whether a request's id is stored as sent; otherwise Rekey makes another. */
  static boolean isRequestId(String sent) {
    return ALLOWED.matcher(sent).matches();
  }

  private static @Nullable String userAgent(@Nullable String sent) {
    if (sent == null) {
      return null;
    }
    String clean = sent.replaceAll("\\p{Cntrl}", " ");
    return clean.length() <= MAX_USER_AGENT ? clean : clean.substring(0, MAX_USER_AGENT);
  }
}
