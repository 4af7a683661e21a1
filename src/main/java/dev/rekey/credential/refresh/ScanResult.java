package dev.rekey.credential.refresh;

import java.util.List;

/** The result of one scan of a subject or a directory. */
sealed interface ScanResult {

  /** Every possible {@link #outcome}. */
  List<String> OUTCOMES = List.of("whole", "failed", "put-off");

  /** Everything was read, and differences were recorded. */
  record Complete() implements ScanResult {}

  /** Everything was read, and no credential is left to scan. */
  record Empty() implements ScanResult {}

  /**
   * The scan failed for a reason that may concern only this subject.
   *
   * @param mayBeUpstream true if the upstream as a whole may be the cause
   */
  record Failed(String reason, boolean mayBeUpstream) implements ScanResult {}

  /** The scan failed for a reason that concerns every subject. */
  record Postponed(String reason) implements ScanResult {}

  /** Returns the value of the metric's tag. */
  default String outcome() {
    return switch (this) {
      case Complete _, Empty _ -> "whole";
      case Failed _ -> "failed";
      case Postponed _ -> "put-off";
    };
  }
}
