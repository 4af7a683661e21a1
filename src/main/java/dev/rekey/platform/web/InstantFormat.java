package dev.rekey.platform.web;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.jackson.JacksonComponent;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes times in UTC with six decimals, so that texts sort like their times. An upstream's time
 * with nanoseconds gets nine.
 */
@JacksonComponent
final class InstantFormat extends StdSerializer<Instant> {

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  InstantFormat() {
    super(Instant.class);
  }

  @Override
  public void serialize(Instant value, JsonGenerator json, SerializationContext context) {
    json.writeString(
        value.truncatedTo(ChronoUnit.MICROS).equals(value)
            ? MICROS.format(value)
            : DateTimeFormatter.ISO_INSTANT.format(value));
  }
}
