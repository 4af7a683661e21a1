package sandbox.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.wire.Json;
import sandbox.wire.Response;

/** The route that receives webhooks. */
@Configuration(proxyBeanMethods = false)
public class WebhookRoutes {
  /** The secret that signs webhooks. */
  public static final String SECRET = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC1mb3ItdHJpYWxz";

  private static final String ID = "webhook-id";

  private final Webhook verifier = new Webhook(SECRET);

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> receiver(Webhooks webhooks) {
    return route().POST("/webhooks", request -> take(webhooks, request)).build();
  }

  private ServerResponse take(Webhooks webhooks, ServerRequest request) throws IOException {
    byte[] body = request.servletRequest().getInputStream().readAllBytes();
    var headers = new HashMap<String, List<String>>();
    request.headers().asHttpHeaders().forEach(headers::put);
    try {
      verifier.verify(new String(body, UTF_8), HttpHeaders.of(headers, (_, _) -> true));
    } catch (WebhookVerificationException _) {
      return say(401, "The signature is not good, or too old");
    }
    return Json.parse(body)
        .map(
            event -> {
              String id = request.headers().firstHeader(ID);
              webhooks.add(new Webhooks.Taken(Instant.now(), String.valueOf(id), event));
              return Response.noContent().toResponse();
            })
        .orElseGet(() -> say(400, "The body is not one JSON object"));
  }

  private static ServerResponse say(int status, String why) {
    return Response.json(status, Map.of(), Json.write(Map.of("error", why)));
  }
}
