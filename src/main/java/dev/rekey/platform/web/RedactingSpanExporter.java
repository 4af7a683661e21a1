package dev.rekey.platform.web;

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

/**
 * Says of what went wrong in a span its kind, and no more: messages of exceptions, and stack traces
 * that begin with them, may quote what they are about, a secret included. The log has what is safe
 * to say.
 */
final class RedactingSpanExporter implements SpanExporter {

  private static final AttributeKey<String> KIND = AttributeKey.stringKey("exception.type");

  private final SpanExporter exporter;

  RedactingSpanExporter(SpanExporter exporter) {
    this.exporter = exporter;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return exporter.export(spans.stream().<SpanData>map(Reticent::new).toList());
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }

  private static final class Reticent extends DelegatingSpanData {

    Reticent(SpanData span) {
      super(span);
    }

    @Override
    public StatusData getStatus() {
      return StatusData.create(super.getStatus().getStatusCode(), "");
    }

    @Override
    public List<EventData> getEvents() {
      return super.getEvents().stream().map(Reticent::kind).toList();
    }

    private static EventData kind(EventData event) {
      String kind = event.getAttributes().get(KIND);
      return EventData.create(
          event.getEpochNanos(),
          event.getName(),
          kind == null ? Attributes.empty() : Attributes.of(KIND, kind),
          event.getTotalAttributeCount());
    }
  }
}
