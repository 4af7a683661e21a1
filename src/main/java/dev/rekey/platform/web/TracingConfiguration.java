package dev.rekey.platform.web;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
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

  /**
   * Removes exception messages and stack traces from spans, because they may quote a secret. The
   * type of an exception stays, and the log has the details that are safe.
   */
  private static final class RedactingSpanExporter implements SpanExporter {

    private static final AttributeKey<String> EXCEPTION_TYPE =
        AttributeKey.stringKey("exception.type");

    private final SpanExporter exporter;

    RedactingSpanExporter(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return exporter.export(spans.stream().<SpanData>map(Redacted::new).toList());
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }

    private static final class Redacted extends DelegatingSpanData {

      Redacted(SpanData span) {
        super(span);
      }

      @Override
      public StatusData getStatus() {
        return StatusData.create(super.getStatus().getStatusCode(), "");
      }

      @Override
      public List<EventData> getEvents() {
        return super.getEvents().stream().map(Redacted::typeOnly).toList();
      }

      private static EventData typeOnly(EventData event) {
        String type = event.getAttributes().get(EXCEPTION_TYPE);
        return EventData.create(
            event.getEpochNanos(),
            event.getName(),
            type == null ? Attributes.empty() : Attributes.of(EXCEPTION_TYPE, type),
            event.getTotalAttributeCount());
      }
    }
  }
}
