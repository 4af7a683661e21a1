package dev.rekey.platform.web;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Selects and redacts the spans that Rekey exports. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

  /** Probes and scrapes are not callers' requests. */
  @Bean
  SpanExportingPredicate requestsOnly() {
    return span -> !String.valueOf(span.getTags().get("uri")).startsWith("/actuator");
  }

  @Bean
  SpanExporters spanExporters(ObjectProvider<SpanExporter> exporters) {
    return SpanExporters.of(exporters.orderedStream().map(RedactingSpanExporter::new).toList());
  }
}
