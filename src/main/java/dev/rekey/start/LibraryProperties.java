package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Checks the properties for which Spring Boot or OpenTelemetry fails with a stack trace. */
final class LibraryProperties {

  private static final String BUNDLE = "server.ssl.bundle";
  private static final String BUNDLES = "spring.ssl.bundle.";
  private static final Bindable<Map<String, Object>> MAP =
      Bindable.mapOf(String.class, Object.class);
  private static final String PROBABILITY = "management.tracing.sampling.probability";
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private LibraryProperties() {}

  static void check(Environment settings, Binder binder, PropertyFaults faults) {
    faults.check(() -> checkProbability(binder));
    faults.check(() -> checkEndpoint(binder));
    faults.check(() -> checkCertificate(settings, binder));
  }

  private static void checkProbability(Binder properties) {
    double probability = properties.bind(PROBABILITY, Double.class).orElse(0.0);
    if (!(probability >= 0 && probability <= 1)) {
      throw new PropertyException(
          PROBABILITY, "has to be from 0 to 1: the share of requests that is traced");
    }
  }

  private static void checkEndpoint(Binder properties) {
    URI endpoint = properties.bind(ENDPOINT, URI.class).orElse(null);
    if (endpoint != null
        && (endpoint.getRawAuthority() == null
            || !String.valueOf(endpoint.getScheme()).matches("https?"))) {
      throw new PropertyException(
          ENDPOINT, "has to be a URL such as http://collector:4318/v1/traces");
    }
  }

  private static void checkCertificate(Environment settings, Binder binder) {
    String name = settings.getProperty(BUNDLE);
    if (name == null || binder.bind(BUNDLES + "jks." + name, MAP).isBound()) {
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
