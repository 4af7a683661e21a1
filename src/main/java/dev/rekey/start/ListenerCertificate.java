package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** What the listener proves itself by, where a bundle of PEM files says so. */
final class ListenerCertificate {

  private static final String BUNDLE = "server.ssl.bundle";
  private static final String BUNDLES = "spring.ssl.bundle.";

  private ListenerCertificate() {}

  static void check(Environment settings, Binder binder) {
    String name = settings.getProperty(BUNDLE);
    if (name == null || isBundleOfAnotherKind(binder, name)) {
      return;
    }
    String pem = BUNDLES + "pem." + name;
    var bundle = binder.bind(pem, PemSslBundleProperties.class);
    if (!bundle.isBound()) {
      throw new PropertyException(
          BUNDLE, "has to name a bundle that is beneath spring.ssl.bundle.pem");
    }
    demand(bundle.get().getKeystore().getCertificate(), pem + ".keystore.certificate");
    demand(bundle.get().getKeystore().getPrivateKey(), pem + ".keystore.private-key");
    if (!isUsable(bundle.get())) {
      throw new PropertyException(
          pem + ".keystore.certificate",
          "and the private-key beside it have to be PEM files that can be read and belong together,"
              + " as file:/place/of/tls.crt");
    }
  }

  private static boolean isBundleOfAnotherKind(Binder binder, String name) {
    return binder
        .bind(BUNDLES + "jks." + name, Bindable.mapOf(String.class, Object.class))
        .isBound();
  }

  private static void demand(@Nullable String value, String name) {
    if (value == null || value.isBlank()) {
      throw new PropertyException(
          name, "is required by server.ssl.bundle, and not set: where the PEM file is, as file:…");
    }
  }

  private static boolean isUsable(PemSslBundleProperties bundle) {
    bundle.getKeystore().setVerifyKeys(true);
    try {
      return PropertiesSslBundle.get(bundle).getStores().getKeyStore() != null;
    } catch (RuntimeException e) {
      // Without the cause, which may quote what is no PEM.
      return false;
    }
  }
}
