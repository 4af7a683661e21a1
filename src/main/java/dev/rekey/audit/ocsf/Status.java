package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditOutcome;
import org.jspecify.annotations.Nullable;

/** Whether the operation of an event took effect. */
enum Status {
  UNKNOWN(0, "Unknown"),
  SUCCESS(1, "Success"),
  FAILURE(2, "Failure");

  private final int id;
  private final String caption;

  Status(int id, String caption) {
    this.id = id;
    this.caption = caption;
  }

  int id() {
    return id;
  }

  String caption() {
    return caption;
  }

  /**
   * The status of an outcome; null for none. An event without an outcome has no status, because
   * {@code Unknown} says that something was sent and may have taken effect.
   */
  static @Nullable Status of(@Nullable AuditOutcome outcome) {
    return switch (outcome) {
      case null -> null;
      case SUCCEEDED -> SUCCESS;
      case UNKNOWN -> UNKNOWN;
      case REJECTED, NOT_ATTEMPTED, NOT_APPLIED, DENIED -> FAILURE;
    };
  }
}
