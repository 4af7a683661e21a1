package sandbox.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * A full copy of one request to an upstream, because it may take effect after the request is
 * finished.
 */
public final class Call {
  private final Map<String, String> path;
  private final HttpHeaders headers;
  private final @Nullable String query;
  private final byte[] body;
  private final Instant asOf;

  private Call(
      Map<String, String> path,
      HttpHeaders headers,
      @Nullable String query,
      byte[] body,
      Instant asOf) {
    this.path = path;
    this.headers = headers;
    this.query = query;
    this.body = body;
    this.asOf = asOf;
  }

  public static Call read(ServerRequest request) throws IOException {
    return new Call(
        Map.copyOf(request.pathVariables()),
        HttpHeaders.copyOf(request.headers().asHttpHeaders()),
        request.servletRequest().getQueryString(),
        request.servletRequest().getInputStream().readAllBytes(),
        Instant.MAX);
  }

  /** The same call. Lists respond as of the given time. */
  public Call asOf(Instant time) {
    return new Call(path, headers, query, body, time);
  }

  public Instant asOf() {
    return asOf;
  }

  public String path(String name) {
    return Objects.requireNonNull(path.get(name));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.getFirst(name));
  }

  public boolean hasEmptyBody() {
    return body.length == 0;
  }

  public Optional<ObjectNode> json() {
    return Json.parse(body);
  }

  public boolean isForm() {
    MediaType type = headers.getContentType();
    return type != null && MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type);
  }

  /**
   * The body as a form.
   *
   * @throws IllegalArgumentException if the percent-encoding is broken
   */
  public Parameters form() {
    return Parameters.parse(new String(body, UTF_8));
  }

  /**
   * The query string.
   *
   * @throws IllegalArgumentException if the percent-encoding is broken
   */
  public Parameters query() {
    return Parameters.parse(query);
  }
}
