package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A plain HTTP client for one server, without redirects or retries. Immutable. */
public final class Http {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = JsonMapper.shared();

  private final URI base;
  private final List<String> headers;
  private final Consumer<Answer> check;

  private Http(URI base, List<String> headers, Consumer<Answer> check) {
    this.base = base;
    this.headers = headers;
    this.check = check;
  }

  public static Http at(URI base) {
    return new Http(base, List.of(), _ -> {});
  }

  /** Returns a client that also checks every response. */
  public Http checkedBy(Consumer<Answer> responseCheck) {
    return new Http(base, headers, responseCheck);
  }

  /** A response. The body is missing if it is not JSON. */
  public record Answer(int status, HttpResponse<String> raw, JsonNode body) {

    public String text(String pointer) {
      return body.at(pointer).asString("");
    }

    public @Nullable String header(String name) {
      return raw.headers().firstValue(name).orElse(null);
    }
  }

  public Http with(String header, String value) {
    var more = new ArrayList<>(headers);
    more.add(header);
    more.add(value);
    return new Http(base, List.copyOf(more), check);
  }

  public Http bearer(String token) {
    return with("Authorization", "Bearer " + token);
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  public Answer post(String path, @Nullable String json) {
    return send("POST", path, json);
  }

  public Answer delete(String path) {
    return send("DELETE", path, null);
  }

  public Answer send(String method, String path, @Nullable String json) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (json != null && !headers.contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    Answer answer = send(request.build());
    check.accept(answer);
    return answer;
  }

  /** Opens a stream of Server-Sent Events. */
  public EventSource open(String path) {
    var request = HttpRequest.newBuilder(URI.create(base + path));
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    return new EventSource(send(request.build(), BodyHandlers.ofInputStream()));
  }

  /** The first part of a stream, which does not end; otherwise the whole body. */
  private static HttpResponse.BodySubscriber<String> body(HttpResponse.ResponseInfo response) {
    boolean isStream =
        response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
    return isStream ? new FirstPart() : BodyHandlers.ofString().apply(response);
  }

  private static Answer send(HttpRequest request) {
    HttpResponse<String> raw = send(request, Http::body);
    String type = raw.headers().firstValue("Content-Type").orElse("");
    boolean isJson = type.matches("application/([a-z]+\\+)?json.*") && !raw.body().isEmpty();
    return new Answer(
        raw.statusCode(), raw, isJson ? JSON.readTree(raw.body()) : MissingNode.getInstance());
  }

  private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return CLIENT.send(request, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
