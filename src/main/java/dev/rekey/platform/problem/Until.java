package dev.rekey.platform.problem;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.StdConverter;

/** The time at which a decision of a person ends. */
public final class Until {

  private Until() {}

  /**
   * The time, in microseconds. Throws an {@code invalid-request} problem unless it is after now, by
   * at most the longest time.
   *
   * @param example how far ahead the time is that the problem shows
   */
  public static Instant required(
      @Nullable Instant until, Instant now, Duration longest, Duration example) {
    if (until == null || !until.isAfter(now) || until.isAfter(now.plus(longest))) {
      throw ProblemType.INVALID_REQUEST.with(
          "until has to be a time in the next %d days, such as %s."
              .formatted(longest.toDays(), now.plus(example).truncatedTo(ChronoUnit.SECONDS)));
    }
    return until.truncatedTo(ChronoUnit.MICROS);
  }

  /** Reads a time from JSON. Takes a text, and no number, whose unit nobody would know. */
  public static final class Text extends StdConverter<String, Instant> {

    @Override
    public Instant convert(String text) {
      return Instant.parse(text);
    }
  }
}
