package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** How what an event tells of ended; an event that only announces something has none. */
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

  static AuditOutcome of(String text) {
    return Arrays.stream(values())
        .filter(outcome -> outcome.text.equals(text))
        .findFirst()
        .orElseThrow();
  }

  @JsonValue
  public String text() {
    return text;
  }
}
