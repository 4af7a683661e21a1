package dev.rekey.rotation;

import java.util.UUID;
import org.slf4j.MDC;

/** Names, in the log, the rotation that something is done about. */
final class RotationLog {

  static final String KEY = "rotationId";

  private RotationLog() {}

  /** In this thread, until it is closed. */
  static MDC.MDCCloseable about(UUID rotation) {
    return MDC.putCloseable(KEY, rotation.toString());
  }
}
