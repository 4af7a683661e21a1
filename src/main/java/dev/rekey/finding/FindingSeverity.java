package dev.rekey.finding;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How urgent a finding is, the least urgent first. */
public enum FindingSeverity {
  /** To be tidied up. */
  LOW,
  /** A risk that grows slowly. */
  MEDIUM,
  /** Something will fail, or a secret may be known to somebody who should not have it. */
  HIGH,
  /** Something may not work now. */
  CRITICAL;

  /** As the API writes it, such as {@code high}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return text();
  }
}
