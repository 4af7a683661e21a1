package dev.rekey.console;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A filter by a time. Its field is for a date, and for a time only if the query has one, so that
 * the form sends what the query had.
 *
 * @param name the query parameter
 * @param title what people call it
 * @param type of the input
 * @param value for the input; empty for none
 */
record DateField(String name, String title, String type, String value) {

  /** {@code sent} is null if the query does not have it. */
  static DateField of(String name, String title, @Nullable Instant sent) {
    if (sent == null) {
      return new DateField(name, title, "date", "");
    }
    LocalDateTime time =
        LocalDateTime.ofInstant(sent.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC);
    return time.equals(time.truncatedTo(ChronoUnit.DAYS))
        ? new DateField(name, title, "date", time.toLocalDate().toString())
        : new DateField(
            name, title, "datetime-local", DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time));
  }

  public boolean isUsed() {
    return !value.isEmpty();
  }
}
