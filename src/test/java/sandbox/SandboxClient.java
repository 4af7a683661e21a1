package sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain HTTP client for the sandbox. */
final class SandboxClient {
  static final String NEW_ROTATE = "/conductorone/api/v1/apps/connectors/credentials";
  static final String OKTA = "/conductorone/api/v1/apps/crm/connectors/okta/credentials";
  static final String OKTA_BODY = "{\"appId\":\"crm\",\"connectorId\":\"okta\"}";
  static final String CHECKOUT =
      "/keycard/organizations/acme/service-accounts/checkout/credentials";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper json = new JsonMapper();
  private final Sandbox sandbox;

  SandboxClient(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** A response with its body as JSON, which is missing if the body is empty. */
  record Reply(int status, JsonNode body, HttpResponse<String> raw) {
    String text(String pointer) {
      return body.at(pointer).asString("");
    }
  }

  Reply get(String path, @Nullable String token) {
    return send(request(path, token).GET().build());
  }

  Reply post(String path, @Nullable String token, String body) {
    return method("POST", path, token, body);
  }

  Reply method(String method, String path, @Nullable String token, String body) {
    return send(
        request(path, token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  Reply form(String path, @Nullable String authorization, Map<String, String> fields) {
    String body =
        fields.entrySet().stream()
            .map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpRequest.Builder request =
        request(path, null)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(
        authorization == null
            ? request.build()
            : request.header("Authorization", authorization).build());
  }

  /** Sends a webhook as Rekey would and returns the status of the response. */
  int webhook(String body, String secret) throws WebhookSigningException {
    String id = UUID.randomUUID().toString();
    long now = Instant.now().getEpochSecond();
    return send(request("/webhooks", null)
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(now))
            .header("webhook-signature", new Webhook(secret).sign(id, now, body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build())
        .status();
  }

  Reply control(String path, String body) {
    return post("/control/" + path, null, body);
  }

  JsonNode look(String path) {
    return get("/control/" + path, null).body();
  }

  void fault(String upstream, String operation, String fault, String more) {
    String order =
        "{\"upstream\":\"%s\",\"operation\":\"%s\",\"fault\":\"%s\"%s}"
            .formatted(upstream, operation, fault, more);
    Reply reply = control("faults", order);
    if (reply.status() != 200) {
      throw new IllegalArgumentException("Fault was refused: " + reply.body());
    }
  }

  boolean verify(String clientId, String clientSecret) {
    String body =
        json.writeValueAsString(Map.of("clientId", clientId, "clientSecret", clientSecret));
    return control("verify", body).body().path("valid").asBoolean();
  }

  Reply conductorOneToken(String clientId, String clientSecret) {
    return form(
        "/conductorone/auth/v1/token",
        null,
        Map.of(
            "grant_type", "client_credentials",
            "client_id", clientId,
            "client_secret", clientSecret));
  }

  Reply conductorOneToken(Assertion assertion) {
    return form(
        "/conductorone/auth/v1/token",
        null,
        Map.of(
            "grant_type",
            "client_credentials",
            "client_id",
            assertion.clientId(),
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion",
            assertion.sign()));
  }

  Reply keycardToken(String clientId, String clientSecret) {
    return form(
        "/keycard/service-account-token",
        basic(clientId, clientSecret),
        Map.of("grant_type", "client_credentials"));
  }

  static String basic(String id, String secret) {
    return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(UTF_8));
  }

  private HttpRequest.Builder request(String path, @Nullable String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(sandbox.url() + path)).timeout(Duration.ofSeconds(10));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return new Reply(response.statusCode(), parse(response.body()), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Interrupted while waiting for the sandbox", e);
    }
  }

  private JsonNode parse(String body) {
    try {
      return json.readTree(body);
    } catch (tools.jackson.core.JacksonException _) {
      return json.missingNode();
    }
  }
}
