package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;

/** A Tomcat with Rekey's connector and one servlet, without Spring. */
final class TomcatRun implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector(BoundedProtocol.class.getName());

  TomcatRun(int maxConnections, Duration timeout, HttpServlet servlet, Valve... valves)
      throws IOException, LifecycleException {
    this(null, maxConnections, timeout, servlet, valves);
  }

  /**
   * Same, with encryption.
   *
   * @param tls null for none
   */
  TomcatRun(
      @Nullable SSLHostConfig tls,
      int maxConnections,
      Duration timeout,
      HttpServlet servlet,
      Valve... valves)
      throws IOException, LifecycleException {
    if (tls != null) {
      protocol().setSSLEnabled(true);
      connector.setScheme("https");
      connector.setSecure(true);
      connector.addSslHostConfig(tls);
    }
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    connector.setPort(0);
    connector.setProperty("acceptCount", "1000");
    protocol().setMaxConnections(maxConnections);
    protocol().setConnectionTimeout((int) timeout.toMillis());
    tomcat.setConnector(connector);
    for (Valve valve : valves) {
      tomcat.getEngine().getPipeline().addValve(valve);
    }
    var context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "servlet", servlet).addMapping("/");
    tomcat.start();
  }

  /** The encryption with the only key of a PKCS#12 store. */
  static SSLHostConfig tls(Path store, String password) {
    var tls = new SSLHostConfig();
    var certificate = new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystoreFile(store.toString());
    certificate.setCertificateKeystorePassword(password);
    certificate.setCertificateKeystoreType("PKCS12");
    tls.addCertificate(certificate);
    return tls;
  }

  BoundedProtocol protocol() {
    return (BoundedProtocol) connector.getProtocolHandler();
  }

  URI url() {
    return URI.create("http://localhost:" + connector.getLocalPort());
  }

  Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  /** Sends text on a new connection and keeps it open. */
  Socket sent(String text) throws IOException {
    Socket socket = connect();
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Whether the server has closed the connection, after what it sent before. */
  static boolean isClosed(Socket socket, Duration within) throws IOException {
    socket.setSoTimeout((int) within.toMillis());
    try {
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {
        // A response.
      }
      return true;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  /** Sends a text again and again until the server closes the connection. Fails after a time. */
  static Duration timeUntilClosed(Socket socket, String more, Duration most) throws IOException {
    Instant start = Instant.now();
    while (!isClosed(socket, Duration.ofMillis(300))) {
      assertThat(Duration.between(start, Instant.now())).isLessThan(most);
      try {
        socket.getOutputStream().write(more.getBytes(StandardCharsets.US_ASCII));
      } catch (SocketException _) {
        break;
      }
    }
    return Duration.between(start, Instant.now());
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
