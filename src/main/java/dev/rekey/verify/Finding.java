package dev.rekey.verify;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is wrong with the chain, and where first. */
sealed interface Finding {

  /** The first place that is wrong; 0 if it is none of the chain's. */
  long seq();

  /** The event there; null if nothing tells which it is or was. */
  @Nullable UUID id();

  /** In a sentence or two. */
  String detail();

  /** An event, or what the chain keeps of it, is not what was sealed. */
  record Changed(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** An event is gone that nothing accounts for. */
  record Missing(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** Another event stands here than was sealed here, and it belongs elsewhere. */
  record Reordered(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** An event that was never sealed here. */
  record Inserted(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The end is missing. */
  record Truncated(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** The chain fits together, but is not the one that was signed. */
  record Recomputed(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** A checkpoint was altered, or somebody else made it. */
  record BadSignature(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** Events that a checkpoint should vouch for by now, and none does. */
  record Unsigned(long seq, @Nullable UUID id, String detail) implements Finding {}

  /** In a word or two, as the documentation calls it. */
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
