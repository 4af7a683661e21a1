package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** What a follower of the sealed history gets at once. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "AuditTail", description = "Sealed events in the order of the chain.")
record TailPage(
    @Schema(description = "Events behind afterSeq, ascending by seq; empty if none was wanted.")
        List<AuditEvent> items,
    @Schema(
            description =
                "Send it as afterSeq to go on. Moves on past what is not wanted or not to be seen,"
                    + " so that it may do so without items. The Link header carries the same.",
            example = "4711")
        long nextAfterSeq,
    @Schema(
            description =
                "The seq of the last sealed event; what is between nextAfterSeq and this is still"
                    + " to be got. A follower that only wants what is new starts with this.",
            example = "4711")
        long headSeq,
    @Schema(
            description =
                "How many events on the way to nextAfterSeq were sealed, but are not kept any more:"
                    + " retention dropped them, whatever the filter.",
            example = "0")
        long notRetained) {

  /** Whether it tells anything, so that a follower has no reason to wait. */
  boolean isWorthTelling() {
    return !items.isEmpty() || notRetained > 0 || nextAfterSeq < headSeq;
  }
}
