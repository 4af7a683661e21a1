package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import java.net.URI;
import org.springframework.boot.context.properties.bind.Binder;

/** Checks the properties for which OpenTelemetry fails with a stack trace. */
final class TracingCheck {

  private static final String PROBABILITY = "management.tracing.sampling.probability";
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private TracingCheck() {}

  static void check(Binder properties) {
    double probability = properties.bind(PROBABILITY, Double.class).orElse(0.0);
    if (!(probability >= 0 && probability <= 1)) {
      throw new PropertyException(
          PROBABILITY, "has to be from 0 to 1: the share of requests that is traced");
    }
    URI endpoint = properties.bind(ENDPOINT, URI.class).orElse(null);
    if (endpoint != null
        && (endpoint.getRawAuthority() == null
            || !String.valueOf(endpoint.getScheme()).matches("https?"))) {
      throw new PropertyException(
          ENDPOINT, "has to be a URL such as http://collector:4318/v1/traces");
    }
  }
}
