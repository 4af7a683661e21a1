package sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives a new Rekey something to show: adopts a credential that expires in five days and one that
 * is due by its policy, lets a rotation end with an unknown outcome, and waits until Rekey has
 * found the credential that is too old and the unused one. Needs the grants of the sandbox run.
 */
public final class Examples {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Sandbox sandbox;
  private final URI rekey;
  private final HttpClient http = HttpClient.newHttpClient();

  public Examples(Sandbox sandbox, URI rekey) {
    this.sandbox = sandbox;
    this.rekey = rekey;
  }

  /** Returns when Rekey shows the examples, or after 90 s. Does nothing that was done before. */
  public void show() {
    if (awaits("/api/v1/summary", response -> response.statusCode() == 200)) {
      adopt("jira");
      adopt("slack");
      loseAResponse();
      awaits(
          "/api/v1/credentials?subject=organizations/acme/service-accounts/billing",
          response -> response.body().contains("invoices"));
    }
  }

  private void adopt(String connector) {
    post(
        rekey,
        "/api/v1/credentials",
        """
        {"upstream":"conductorone","subject":"apps/crm/connectors/%1$s",
         "upstreamId":"%1$s-seed-credential"}
        """
            .formatted(connector));
  }

  private void loseAResponse() {
    String unknown = "/api/v1/rotations?state=UNKNOWN&subject=apps/crm/connectors/zendesk";
    HttpResponse<String> before = send(get(unknown));
    if (before != null && before.body().contains("zendesk")) {
      return;
    }
    post(
        sandbox.url(),
        "/control/faults",
        """
        {"upstream":"conductorone","operation":"rotate","fault":"reset-after","times":1}
        """);
    post(
        rekey,
        "/api/v1/apps/connectors/credentials",
        """
        {"appId":"crm","connectorId":"zendesk"}
        """);
  }

  private boolean awaits(String path, Predicate<HttpResponse<String>> condition) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      HttpResponse<String> response = send(get(path));
      if (response != null && condition.test(response)) {
        return true;
      }
      pause();
    }
    return false;
  }

  private HttpRequest get(String path) {
    return to(rekey, path).GET().build();
  }

  private void post(URI base, String path, String json) {
    send(
        to(base, path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder to(URI base, String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + sandbox.mintJwt(_ -> {}));
  }

  /** Null without a response. */
  private @Nullable HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException _) {
      return null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(250));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
