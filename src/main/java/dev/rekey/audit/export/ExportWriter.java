package dev.rekey.audit.export;

import java.io.IOException;

/** Writes an export in one form. */
interface ExportWriter {

  void row(ExportRow row) throws IOException;

  /** What comes behind the last row; without it, the export is not whole. */
  void end() throws IOException;
}
