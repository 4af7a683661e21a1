package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.ocsf.OcsfEvents;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes an event in OCSF on each line, and nothing else: a SIEM would take a header or a trailer
 * for an event.
 */
final class OcsfWriter implements Exports.Writer {

  private static final int BUFFER = 64 * 1024;

  private final OutputStream out;
  private final JsonMapper json;
  private final OcsfEvents events;

  OcsfWriter(OutputStream to, JsonMapper json, OcsfEvents events) {
    this.out = new BufferedOutputStream(to, BUFFER);
    this.json = json;
    this.events = events;
  }

  /** Leaves out dropped events. */
  @Override
  public void row(ExportRow row) throws IOException {
    if (row instanceof ExportRow.Event(AuditEvent event, var chainHash)) {
      out.write(json.writeValueAsBytes(events.of(event, chainHash)));
      out.write('\n');
    }
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
