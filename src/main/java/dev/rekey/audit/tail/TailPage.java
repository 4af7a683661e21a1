package dev.rekey.audit.tail;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;

/**
 * One page of the sealed history.
 *
 * @param nextAfterSeq the sequence number after which the next page starts
 * @param headSeq the greatest sequence number
 * @param notRetained the events before {@code nextAfterSeq} that retention has dropped
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record TailPage<T>(List<T> items, long nextAfterSeq, long headSeq, NotRetained notRetained) {

  /** The same page with its items converted. */
  <R> TailPage<R> map(Function<T, R> form) {
    return new TailPage<>(items.stream().map(form).toList(), nextAfterSeq, headSeq, notRetained);
  }

  /** Whether it is returned at once, since the follower has something to do with it. */
  boolean isReady() {
    return !items.isEmpty() || !notRetained.isEmpty() || nextAfterSeq < headSeq;
  }
}
