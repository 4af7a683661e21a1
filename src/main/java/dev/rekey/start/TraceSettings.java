package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import java.net.URI;
import org.springframework.boot.context.properties.bind.Binder;

/** What OpenTelemetry would stop the start for, in words of its own. */
final class TraceSettings {

  private static final String SAMPLED = "management.tracing.sampling.probability";
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private TraceSettings() {}

  static void check(Binder settings) {
    double sampled = settings.bind(SAMPLED, Double.class).orElse(0.0);
    if (!(sampled >= 0 && sampled <= 1)) {
      throw new PropertyException(
          SAMPLED, "has to be from 0 to 1: the part of requests that is traced");
    }
    URI endpoint = settings.bind(ENDPOINT, URI.class).orElse(null);
    if (endpoint != null
        && (endpoint.getRawAuthority() == null
            || !String.valueOf(endpoint.getScheme()).matches("https?"))) {
      throw new PropertyException(
          ENDPOINT, "has to be a URL such as http://collector:4318/v1/traces");
    }
  }
}
