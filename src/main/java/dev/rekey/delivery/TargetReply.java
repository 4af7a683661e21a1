package dev.rekey.delivery;

import java.util.function.Function;

/** The outcome of a request to a target. */
public sealed interface TargetReply<T> {

  /** It was done. */
  record Done<T>(T value) implements TargetReply<T> {}

  /**
   * It was not done, or it is not known whether it was.
   *
   * @param why a sentence for callers and the history, at most 400 characters and without secrets
   */
  record Failed<T>(String why) implements TargetReply<T> {}

  /** Applies the function to what was done; keeps a failure. */
  default <R> TargetReply<R> flatMap(Function<T, TargetReply<R>> next) {
    return switch (this) {
      case Done<T>(var value) -> next.apply(value);
      case Failed<T>(var why) -> new Failed<>(why);
    };
  }
}
