package dev.rekey.upstream.http;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ext.javatime.deser.InstantDeserializer;

/**
 * Reads a time that has passed. Upstreams send year 1, 1970 or 9999 for "never": a time that cannot
 * be true is null.
 */
public class UpstreamTime extends ValueDeserializer<Instant> {

  /** No upstream existed before. */
  private static final Instant FIRST = Instant.parse("2010-01-01T00:00:00Z");

  /** An expiry after this is none. */
  private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

  /** More than clocks and time zones differ. */
  private static final Duration SKEW = Duration.ofDays(1);

  @Override
  public final @Nullable Instant deserialize(JsonParser parser, DeserializationContext context) {
    Instant time = InstantDeserializer.INSTANT.deserialize(parser, context);
    return time == null || time.isBefore(FIRST) || time.isAfter(last()) ? null : time;
  }

  Instant last() {
    return Instant.now().plus(SKEW);
  }

  /** Reads an expiry, which may be in the future. */
  public static final class Expiry extends UpstreamTime {

    @Override
    Instant last() {
      return LAST;
    }
  }
}
