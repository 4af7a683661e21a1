package dev.rekey;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/**
 * The health check of a container, whose image has no other program for it. Requests a URL, by
 * default Rekey's readiness. Loads only the JDK.
 */
final class HealthCheck {

  private static final int TIMEOUT_MILLIS = 4_000;

  private HealthCheck() {}

  public static void main(String[] args) {
    String port = System.getenv().getOrDefault("MANAGEMENT_SERVER_PORT", "8081");
    String readiness = "http://localhost:" + port + "/actuator/health/readiness";
    System.exit(of(args.length == 0 ? readiness : args[0]));
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
