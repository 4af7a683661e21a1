package dev.rekey.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/**
 * The path of a request within Rekey, without the prefix of a server or proxy. Rekey compares no
 * other path with its routes.
 */
public final class RequestPath {

  private static final String ATTRIBUTE = RequestPath.class.getName();

  private final String uri;
  private final String prefix;

  private RequestPath(@Nullable String uri, @Nullable String prefix) {
    // A request line that Tomcat cannot read has no path.
    this.uri = uri == null ? "" : uri;
    this.prefix = prefix == null ? "" : prefix;
  }

  /**
   * Stores the path for {@link #of} before any filter or error page changes it. Works without a
   * context, which a malformed path does not reach.
   */
  public static void store(HttpServletRequest request, String contextPath) {
    request.setAttribute(ATTRIBUTE, new RequestPath(request.getRequestURI(), contextPath));
  }

  /** The path of the request that the client sent, also on an error page. */
  public static RequestPath of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof RequestPath stored
        ? stored
        : new RequestPath(request.getRequestURI(), request.getContextPath());
  }

  /** The path as sent, percent-encoded. */
  public String sent() {
    return withoutPrefix(uri);
  }

  public String decoded() {
    try {
      return withoutPrefix(UriUtils.decode(uri, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return sent();
    }
  }

  /** Whether the path as sent has two slashes in a row, also within a prefix. */
  public boolean hasEmptySegment() {
    return uri.contains("//");
  }

  private String withoutPrefix(String path) {
    return path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
  }

  @Override
  public String toString() {
    return sent();
  }
}
