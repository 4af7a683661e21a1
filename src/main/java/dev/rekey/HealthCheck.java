package dev.rekey;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The health check of a container, whose image has no other program for it, and the program of the
 * chart's {@code helm test}. Requests a URL, by default Rekey's readiness as the environment places
 * it, and expects a status, by default 200. Loads only the JDK.
 */
final class HealthCheck {

  private static final int TIMEOUT_MILLIS = 4_000;

  private HealthCheck() {}

  public static void main(String[] args) {
    String url = args.length == 0 ? readiness(System.getenv()) : args[0];
    System.exit(of(url, args.length < 2 ? HttpURLConnection.HTTP_OK : Integer.parseInt(args[1])));
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

  /**
   * Returns the exit code: 0 if the URL returns the expected status within 4 s, otherwise 1, and
   * logs why.
   */
  static int of(String url, int expected) {
    try {
      int status = status(url);
      if (status == expected) {
        return 0;
      }
      log("{0} returned status {1} instead of {2}.", url, status, expected);
    } catch (IOException | GeneralSecurityException e) {
      log("{0} did not respond: {1}.", url, e.getClass().getSimpleName());
    }
    return 1;
  }

  private static int status(String url) throws IOException, GeneralSecurityException {
    var connection = (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
    if (connection instanceof HttpsURLConnection secured) {
      acceptAnyCertificate(secured);
    }
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection.getResponseCode();
  }

  // The certificate is for the name that callers use, not for the Service's, and its authority may
  // be
  // private. The request contains no secret, and only the status of the response is read.
  private static void acceptAnyCertificate(HttpsURLConnection connection)
      throws GeneralSecurityException {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AnyCertificate()}, null);
    connection.setSSLSocketFactory(context.getSocketFactory());
    connection.setHostnameVerifier((host, session) -> true);
  }

  private static void log(String message, Object... parameters) {
    System.getLogger(HealthCheck.class.getName()).log(Level.WARNING, message, parameters);
  }

  private static final class AnyCertificate extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
