package dev.rekey.audit.tail;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditEvent;
import java.util.List;

/** What a follower of the sealed history gets at once. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record TailPage(List<AuditEvent> items, long nextAfterSeq, long headSeq, long notRetained) {

  /** Whether it tells anything, so that a follower has no reason to wait. */
  boolean isWorthTelling() {
    return !items.isEmpty() || notRetained > 0 || nextAfterSeq < headSeq;
  }
}
