package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;

/** How what an event tells of ended; an event that only announces something has none. */
@Schema(
    enumAsRef = true,
    example = "succeeded",
    description =
        "How what an event tells of ended. succeeded: it took effect. rejected: the upstream"
            + " refused it before acting. not-attempted: nothing was sent. unknown: it was sent,"
            + " and whether it took effect is not known. not-applied: it was sent, and has no"
            + " effect, or none any more. denied: Rekey refused it.")
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
