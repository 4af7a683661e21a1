package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.EventFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes the bodies of routes that offer OCSF: as their JSON, but with each event in OCSF. Reads
 * nothing.
 */
final class OcsfConverter extends JacksonJsonHttpMessageConverter {

  OcsfConverter(JsonMapper json, OcsfEvents events) {
    super(json.rebuild().addModule(new SimpleModule().addSerializer(new InOcsf(events))).build());
    setSupportedMediaTypes(List.of(EventFormat.OCSF.mediaType()));
  }

  private static final class InOcsf extends StdSerializer<AuditEvent> {

    private final OcsfEvents events;

    InOcsf(OcsfEvents events) {
      super(AuditEvent.class);
      this.events = events;
    }

    @Override
    public void serialize(AuditEvent event, JsonGenerator out, SerializationContext context) {
      context.writeValue(out, events.of(event, null));
    }
  }

  @Override
  public boolean canRead(ResolvableType type, @Nullable MediaType mediaType) {
    return false;
  }

  /** Only if the route or its response says that it is OCSF, so that problems stay problems. */
  @Override
  public boolean canWrite(ResolvableType type, Class<?> bodyType, @Nullable MediaType mediaType) {
    return mediaType != null && super.canWrite(type, bodyType, mediaType);
  }
}
