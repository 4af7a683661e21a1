package dev.rekey.audit.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.rekey.audit.AuditEvent;
import org.jspecify.annotations.Nullable;

/** One row of an export. */
sealed interface ExportRow {

  long seq();

  /** An event; the hash of the chain up to it is null if the export is not a part of the chain. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Event(@JsonUnwrapped AuditEvent event, @Nullable String chainHash) implements ExportRow {

    @Override
    public long seq() {
      return event.sealedSeq();
    }
  }

  /** The seal of an event that retention has dropped, so that the chain can be verified. */
  record Dropped(String kind, long seq, String rowHash, String chainHash) implements ExportRow {}
}
