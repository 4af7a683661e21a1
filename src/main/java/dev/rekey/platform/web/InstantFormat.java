package dev.rekey.platform.web;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes times in UTC with six decimals, so that texts sort like their times. An upstream's time
 * with nanoseconds gets nine.
 */
final class InstantFormat extends StdSerializer<Instant> {

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private InstantFormat() {
    super(Instant.class);
  }

  static JacksonModule module() {
    return new SimpleModule("microseconds").addSerializer(new InstantFormat());
  }

  @Override
  public void serialize(Instant value, JsonGenerator json, SerializationContext context) {
    json.writeString(
        value.truncatedTo(ChronoUnit.MICROS).equals(value)
            ? MICROS.format(value)
            : DateTimeFormatter.ISO_INSTANT.format(value));
  }
}
