package dev.rekey.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Makes self-signed certificates with the JDK's keytool. */
public final class SelfSigned {

  private SelfSigned() {}

  /** Writes a PKCS#12 store with a certificate for a host, which is also the alias; returns it. */
  public static KeyStore store(Path file, String host, char[] password)
      throws IOException, GeneralSecurityException, InterruptedException {
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                host,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "SAN=dns:" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(password))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool made no certificate");
    }
    return KeyStore.getInstance(file.toFile(), password);
  }

  /** A key or certificate as PEM. */
  public static String pem(String kind, byte[] content) {
    String base64 = new String(Base64.getMimeEncoder().encode(content), StandardCharsets.US_ASCII);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, base64);
  }
}
