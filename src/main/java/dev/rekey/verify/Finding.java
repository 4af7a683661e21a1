package dev.rekey.verify;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The first fault of the chain. */
sealed interface Finding {

  /** The first faulty seq; 0 if the fault has no position in the chain. */
  long seq();

  /** The event there; null if unknown. */
  @Nullable UUID id();

  /** An explanation in one or two sentences. */
  String detail();

  /** An event or its seal differs from what was sealed. */
  record Changed(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** An event is gone, and no dropped month explains it. */
  record Missing(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The event at this position belongs elsewhere in the chain. */
  record Reordered(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** An event that was not sealed here. */
  record Inserted(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The end of the chain is missing. */
  record Truncated(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The hashes match, but the chain is not the one that was signed. */
  record Recomputed(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** A checkpoint was altered, or signed with an unknown key. */
  record BadSignature(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** Events that a checkpoint should cover by now, and none does. */
  record Unsigned(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The outcome's name in docs/audit-chain.md. */
  default String what() {
    return switch (this) {
      case Changed _ -> "changed";
      case Missing _ -> "missing";
      case Reordered _ -> "reordered";
      case Inserted _ -> "inserted";
      case Truncated _ -> "truncated";
      case Recomputed _ -> "recomputed";
      case BadSignature _ -> "bad signature";
      case Unsigned _ -> "unsigned";
    };
  }
}
