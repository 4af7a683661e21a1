package dev.rekey.audit.tail;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditEvent;
import java.util.List;

/**
 * One page of the sealed history.
 *
 * @param nextAfterSeq the sequence number after which the next page starts
 * @param headSeq the greatest sequence number
 * @param notRetained how many events before {@code nextAfterSeq} retention has dropped
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record TailPage(List<AuditEvent> items, long nextAfterSeq, long headSeq, long notRetained) {

  /** Whether it is returned at once, since the follower has something to do with it. */
  boolean isReady() {
    return !items.isEmpty() || notRetained > 0 || nextAfterSeq < headSeq;
  }
}
