package dev.rekey.finding;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a finding. */
public enum FindingState {
  /** It needs attention. */
  OPEN,
  /** Somebody accepted it until a time, with a reason. */
  ACCEPTED,
  /** Somebody postponed it until a time. */
  SNOOZED,
  /** Its condition does not hold any more. */
  RESOLVED;

  /** As the API and the database write it, such as {@code open}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static FindingState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return text();
  }
}
