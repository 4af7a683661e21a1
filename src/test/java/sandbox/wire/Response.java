package sandbox.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.node.ObjectNode;

/** The response of an upstream. Never prints its body, which may hold a secret. */
public record Response(int status, Map<String, String> headers, @Nullable ObjectNode body) {

  public static Response of(int status, ObjectNode body) {
    return new Response(status, Map.of(), body);
  }

  public static Response ok(ObjectNode body) {
    return of(200, body);
  }

  public static Response noContent() {
    return new Response(204, Map.of(), null);
  }

  public Response withHeader(String name, String value) {
    return new Response(status, Map.of(name, value), body);
  }

  /** The same format with the secret unset, as each upstream represents it. */
  public Response withoutSecret() {
    if (body == null) {
      return this;
    }
    ObjectNode copy = body.deepCopy();
    unset(copy);
    copy.values().stream().filter(ObjectNode.class::isInstance).forEach(n -> unset((ObjectNode) n));
    return new Response(status, headers, copy);
  }

  private static void unset(ObjectNode node) {
    node.remove("client_secret");
    if (node.has("clientSecret")) {
      node.put("clientSecret", "");
    }
  }

  /** Status 200 with an extra field, so that only the size is wrong. */
  public Response padded(int characters) {
    ObjectNode copy = body == null ? Json.object() : body.deepCopy();
    return ok(copy.put("padding", "x".repeat(characters)));
  }

  public ServerResponse toResponse() {
    return body == null
        ? ServerResponse.status(status).headers(all -> headers.forEach(all::set)).build()
        : json(status, headers, Json.write(body));
  }

  /** Any bytes labelled as JSON. */
  public static ServerResponse json(int status, Map<String, String> headers, byte[] bytes) {
    return ServerResponse.status(status)
        .headers(all -> headers.forEach(all::set))
        .contentType(MediaType.APPLICATION_JSON)
        .contentLength(bytes.length)
        .build(
            (_, response) -> {
              response.getOutputStream().write(bytes);
              return null;
            });
  }

  @Override
  public String toString() {
    return "Response[status=" + status + "]";
  }
}
