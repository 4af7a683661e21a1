package dev.rekey.audit.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import org.jspecify.annotations.Nullable;

/** One line of an export. */
sealed interface ExportRow {

  long seq();

  /**
   * An event.
   *
   * @param chainHash the chain there, in hexadecimal; null in an export that is none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Kept(@JsonUnwrapped AuditEvent event, @Nullable String chainHash) implements ExportRow {

    @Override
    public long seq() {
      return AuditEvents.seq(event);
    }
  }

  /** The place of an event that retention has dropped, so that the chain goes on past it. */
  record Dropped(String kind, long seq, String rowHash, String chainHash) implements ExportRow {

    Dropped(long seq, String rowHash, String chainHash) {
      this("dropped", seq, rowHash, chainHash);
    }
  }
}
