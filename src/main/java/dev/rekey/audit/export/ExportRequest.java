package dev.rekey.audit.export;

import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditSearch;

/** A request for an export of the events with a greater sequence number. */
record ExportRequest(
    Caller caller, Visibility visibility, AuditSearch wanted, long afterSeq, ExportFormat format) {

  /** Whether nothing is left out, so that the export is a part of the chain. */
  boolean isChain() {
    return wanted.isUnrestricted() && visibility instanceof Visibility.All;
  }
}
