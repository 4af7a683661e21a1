package dev.rekey;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;

/**
 * The health check of a container, whose image has no other program for it. Requests a URL, by
 * default Rekey's readiness as the environment places it. Loads only the JDK.
 */
final class HealthCheck {

  private static final int TIMEOUT_MILLIS = 4_000;

  private HealthCheck() {}

  public static void main(String[] args) {
    System.exit(of(args.length == 0 ? readiness(System.getenv()) : args[0]));
  }

  static String readiness(Map<String, String> environment) {
    String port = environment.getOrDefault("MANAGEMENT_SERVER_PORT", "8081");
    String prefix =
        port.equals(environment.getOrDefault("SERVER_PORT", "8080"))
            ? "SERVER_SERVLET_CONTEXT_PATH"
            : "MANAGEMENT_SERVER_BASE_PATH";
    String actuator =
        environment.getOrDefault(prefix, "")
            + environment.getOrDefault("MANAGEMENT_ENDPOINTS_WEB_BASE_PATH", "/actuator");
    return "http://localhost:" + port + actuator + "/health/readiness";
  }

  /** Returns the exit code: 0 if the URL returns 200 within 4 s, otherwise 1. */
  static int of(String url) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK ? 0 : 1;
    } catch (IOException _) {
      return 1;
    }
  }
}
