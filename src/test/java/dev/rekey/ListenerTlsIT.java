package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.RekeyProcess;
import dev.rekey.run.SecretMount;
import dev.rekey.run.SelfSigned;
import dev.rekey.run.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replaces the listener's certificate in its files, as cert-manager and the kubelet do. */
@Tag("chaos")
class ListenerTlsIT {

  private static final char[] STORE_PASSWORD = "of-a-test".toCharArray();

  @TempDir private Path directory;

  @Test
  void replacedCertificateIsServedWithoutRestart() throws Exception {
    var mount = new SecretMount(Files.createDirectory(directory.resolve("tls")));
    mount.put(certificate("first"));
    try (var surroundings = Surroundings.start();
        var rekey = RekeyProcess.start(settings(surroundings, mount), directory.resolve("log"))) {
      assertThat(served(rekey)).isEqualTo("CN=first");

      mount.put(certificate("second"));
      await().atMost(Duration.ofSeconds(30)).until(() -> served(rekey).equals("CN=second"));
      // Twice, because each replacement also replaces the watched files.
      mount.put(certificate("third"));
      await().atMost(Duration.ofSeconds(30)).until(() -> served(rekey).equals("CN=third"));
      mount.put(Map.of("tls.key", certificate("stranger").get("tls.key")));
      Thread.sleep(Duration.ofSeconds(15));

      assertThat(served(rekey))
          .as("a key that does not match the certificate is ignored")
          .isEqualTo("CN=third");
    }
  }

  private static Map<String, String> settings(Surroundings surroundings, SecretMount mount) {
    var settings = new HashMap<>(surroundings.properties());
    var rekey = "spring.ssl.bundle.pem.rekey.";
    settings.put(rekey + "keystore.certificate", "file:" + mount.directory().resolve("tls.crt"));
    settings.put(rekey + "keystore.private-key", "file:" + mount.directory().resolve("tls.key"));
    settings.put(rekey + "keystore.verify-keys", "true");
    settings.put(rekey + "reload-on-update", "true");
    settings.put("server.ssl.bundle", "rekey");
    settings.put("management.server.ssl.enabled", "false");
    return settings;
  }

  /** The common name in the listener's certificate. */
  private static String served(RekeyProcess rekey) throws IOException, GeneralSecurityException {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    try (var socket =
        (SSLSocket) context.getSocketFactory().createSocket("localhost", rekey.port())) {
      socket.startHandshake();
      var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName();
    }
  }

  private Map<String, String> certificate(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    var keys = SelfSigned.store(store, name, STORE_PASSWORD);
    return Map.of(
        "tls.crt", SelfSigned.pem("CERTIFICATE", keys.getCertificate(name).getEncoded()),
        "tls.key", SelfSigned.pem("PRIVATE KEY", keys.getKey(name, STORE_PASSWORD).getEncoded()));
  }

  /** Trusts any certificate, in order to read it. */
  private static final class Anybody implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
