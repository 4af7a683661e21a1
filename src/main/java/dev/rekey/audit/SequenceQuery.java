package dev.rekey.audit;

import dev.rekey.platform.query.QueryText;
import org.jspecify.annotations.Nullable;

/** The query parameter of the routes that go through the history by sequence number. */
public record SequenceQuery(@Nullable Long afterSeq) {

  /**
   * The sequence number after which events are returned; 0, before the first event, by default.
   * Throws an {@code invalid-parameter} problem if it is negative.
   */
  public long after() {
    if (afterSeq != null && afterSeq < 0) {
      throw QueryText.invalid(
          "afterSeq has to be 0, for all events, or the nextAfterSeq of an earlier response.");
    }
    return afterSeq == null ? 0 : afterSeq;
  }
}
