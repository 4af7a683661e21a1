package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Checks the listener's PEM files, for which Spring Boot fails with a stack trace. */
final class CertificateCheck {

  private static final String BUNDLE = "server.ssl.bundle";
  private static final String BUNDLES = "spring.ssl.bundle.";

  private CertificateCheck() {}

  static void check(Environment settings, Binder binder) {
    String name = settings.getProperty(BUNDLE);
    if (name == null || isJksBundle(binder, name)) {
      return;
    }
    String pem = BUNDLES + "pem." + name;
    var bundle = binder.bind(pem, PemSslBundleProperties.class);
    if (!bundle.isBound()) {
      throw new PropertyException(BUNDLE, "has to name a bundle under spring.ssl.bundle.pem");
    }
    require(bundle.get().getKeystore().getCertificate(), pem + ".keystore.certificate");
    require(bundle.get().getKeystore().getPrivateKey(), pem + ".keystore.private-key");
    if (!isUsable(bundle.get())) {
      throw new PropertyException(
          pem + ".keystore.certificate",
          "and the private-key next to it have to be readable PEM files that belong together, as"
              + " file:/path/to/tls.crt");
    }
  }

  private static boolean isJksBundle(Binder binder, String name) {
    return binder
        .bind(BUNDLES + "jks." + name, Bindable.mapOf(String.class, Object.class))
        .isBound();
  }

  private static void require(@Nullable String value, String name) {
    if (value == null || value.isBlank()) {
      throw new PropertyException(
          name,
          "is required by server.ssl.bundle, but not set: the path of the PEM file, as file:…");
    }
  }

  private static boolean isUsable(PemSslBundleProperties bundle) {
    bundle.getKeystore().setVerifyKeys(true);
    try {
      return PropertiesSslBundle.get(bundle).getStores().getKeyStore() != null;
    } catch (RuntimeException e) {
      // The cause may quote the file.
      return false;
    }
  }
}
