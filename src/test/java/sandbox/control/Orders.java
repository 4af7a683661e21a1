package sandbox.control;

import java.util.Map;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.wire.Json;
import sandbox.wire.Response;
import tools.jackson.core.JacksonException;

/** Reads the bodies of control requests and writes the responses. */
final class Orders {
  private static final Map<String, Object> DONE = Map.of();

  private Orders() {}

  interface Handling<T> {
    ServerResponse handle(T order);
  }

  static <T> HandlerFunction<ServerResponse> order(Class<T> type, Handling<T> handling) {
    return request -> {
      try {
        byte[] body = request.servletRequest().getInputStream().readAllBytes();
        return handling.handle(Json.read(body, type));
      } catch (JacksonException _) {
        return refuse(400, "The body does not fit: unknown field, unknown value or no JSON");
      } catch (InvalidControlRequest e) {
        return refuse(400, String.valueOf(e.getMessage()));
      }
    };
  }

  static ServerResponse done(Runnable work) {
    work.run();
    return ok(DONE);
  }

  static ServerResponse ok(Object value) {
    return Response.json(200, Map.of(), Json.write(value));
  }

  static ServerResponse refuse(int status, String why) {
    return Response.json(status, Map.of(), Json.write(Map.of("error", why)));
  }
}
