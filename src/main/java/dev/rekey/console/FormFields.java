package dev.rekey.console;

import dev.rekey.platform.problem.ProblemType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an action's form as a body of the API has them. */
final class FormFields {

  private FormFields() {}

  /** A text; null for an empty field. */
  static @Nullable String text(@Nullable String sent) {
    return sent == null || sent.isBlank() ? null : sent;
  }

  /**
   * A whole number; null for an empty field. Throws an {@code invalid-request} problem for others.
   */
  static @Nullable Integer number(String name, @Nullable String sent) {
    String text = text(sent);
    try {
      return text == null ? null : Integer.valueOf(text.strip());
    } catch (NumberFormatException _) {
      throw ProblemType.INVALID_REQUEST.with(name + " has to be a whole number.");
    }
  }

  /** A time, in UTC unless it has a zone; null for an empty field and for what is no time. */
  static @Nullable Instant time(@Nullable String sent) {
    try {
      return sent == null ? null : Instant.parse(FormQuery.utc(sent.strip()));
    } catch (DateTimeParseException _) {
      return null;
    }
  }
}
