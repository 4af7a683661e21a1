package dev.rekey.rotation;

import java.util.UUID;
import org.slf4j.MDC;

/** Adds the rotation's id to log lines. */
final class RotationLog {

  static final String KEY = "rotationId";

  private RotationLog() {}

  /** Adds the id in this thread until the result is closed. */
  static MDC.MDCCloseable about(UUID rotation) {
    return MDC.putCloseable(KEY, rotation.toString());
  }
}
