package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** The result that an event reports. An event that only announces a change has none. */
public enum AuditOutcome {
  SUCCEEDED("succeeded"),
  REJECTED("rejected"),
  NOT_ATTEMPTED("not-attempted"),
  UNKNOWN("unknown"),
  NOT_APPLIED("not-applied"),
  DENIED("denied");

  private final String text;

  AuditOutcome(String text) {
    this.text = text;
  }

  /** The one with this text; empty if there is none. */
  static Optional<AuditOutcome> of(String text) {
    return Arrays.stream(values()).filter(outcome -> outcome.text.equals(text)).findFirst();
  }

  /** As it is stored and returned, such as {@code not-attempted}. */
  @JsonValue
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
