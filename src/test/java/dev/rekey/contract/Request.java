package dev.rekey.contract;

import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request to Rekey, before it is sent. Immutable. */
record Request(Http caller, String method, String path, @Nullable String body) {

  private static final int MAX_ATTEMPTS = 10;
  private static final String UUIDS = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  Request from(Http other) {
    return new Request(other, method, path, body);
  }

  Request method(String other) {
    return new Request(caller, other, path, body);
  }

  Request body(String other) {
    return new Request(caller, method, path, other);
  }

  Request header(String name, String value) {
    return new Request(caller.with(name, value), method, path, body);
  }

  Request query(String parameter) {
    return new Request(caller, method, path + (path.contains("?") ? "&" : "?") + parameter, body);
  }

  /** With a new Idempotency-Key. */
  Request keyed() {
    return header("Idempotency-Key", UUID.randomUUID().toString());
  }

  /** The same with another text in place of the first, in the path and in the body. */
  Request replacing(String text, String other) {
    return new Request(
        caller, method, path.replace(text, other), body == null ? null : body.replace(text, other));
  }

  /** The same with another text in place of the UUID in the path. */
  Request replacingUuid(String other) {
    return new Request(caller, method, path.replaceFirst(UUIDS, other), body);
  }

  /** About a subject of the team search instead of the team payments. */
  Request aboutAnotherSubject() {
    return replacing("okta", "github").replacing("checkout", "indexer");
  }

  Answer send() {
    return caller.send(method, path, body);
  }

  /**
   * Sends it until there is a response. Tomcat closes a connection without reading headers that are
   * too large to their end, and the reset can overtake its response.
   */
  Answer received() {
    for (int attempt = 1; ; attempt++) {
      try {
        return send();
      } catch (UncheckedIOException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Sends it a first time. */
  Request sent() {
    send();
    return this;
  }
}
