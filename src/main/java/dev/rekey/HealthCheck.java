package dev.rekey;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;

/**
 * What a container runs to see whether the one in it is well, since its image has no other program
 * that could: asks a URL, by default whether Rekey is ready. Loads nothing but the JDK.
 */
final class HealthCheck {

  private static final int WELL = 0;
  private static final int UNWELL = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private HealthCheck() {}

  public static void main(String[] args) {
    System.exit(of(args.length == 0 ? readiness() : args[0]));
  }

  private static String readiness() {
    String port = System.getenv().getOrDefault("MANAGEMENT_SERVER_PORT", "8081");
    return "http://localhost:" + port + "/actuator/health/readiness";
  }

  /** Returns the exit code: 0 if the URL answers with 200 in time. */
  static int of(String url) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout((int) PATIENCE.toMillis());
      connection.setReadTimeout((int) PATIENCE.toMillis());
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK ? WELL : UNWELL;
    } catch (IOException _) {
      return UNWELL;
    }
  }
}
