package dev.rekey.audit.export;

import java.io.IOException;

/** Writes an export in one format. */
interface ExportWriter {

  void row(ExportRow row) throws IOException;

  /** Writes the end; without it, the export is incomplete. */
  void end() throws IOException;
}
