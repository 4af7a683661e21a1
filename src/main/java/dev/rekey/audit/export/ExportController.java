package dev.rekey.audit.export;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.AuditQuery.SequenceQuery;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Streams the history as a file. */
@RestController
@RequestMapping("/api/v1/audit-events")
public class ExportController {

  private static final int MAX_EXPORTS = 16;

  private static final DateTimeFormatter FILE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Semaphore slots = new Semaphore(MAX_EXPORTS);
  private final Exports exports;
  private final Access access;
  private final Upstreams upstreams;

  ExportController(Exports exports, Access access, Upstreams upstreams) {
    this.exports = exports;
    this.access = access;
    this.upstreams = upstreams;
  }

  @GetMapping("/export")
  public void export(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SearchQuery byTime,
      @ModelAttribute SequenceQuery sequence,
      @RequestParam(name = "format", required = false) @Nullable String format,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    var wanted =
        new ExportRequest(
            caller,
            access.visibleTo(caller),
            byTime.search(query.filter(upstreams).and(ofEvents.filter())),
            sequence.after(),
            ExportFormat.of(format, request));
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      response.setContentType(wanted.format().mediaType());
    } else {
      export(wanted, response);
    }
  }

  private void export(ExportRequest wanted, HttpServletResponse response) throws IOException {
    if (!slots.tryAcquire()) {
      throw ProblemType.RECORD_UNAVAILABLE.with(
          "A replica runs at most "
              + MAX_EXPORTS
              + " exports at the same time, because each holds some pages in memory. Repeat"
              + " the request when another one has finished.");
    }
    try {
      Exports.Export export = exports.start(wanted);
      var file =
          ContentDisposition.attachment()
              .filename(
                  "rekey-audit-"
                      + FILE_TIME.format(export.at())
                      + "."
                      + wanted.format().extension())
              .build();
      response.setContentType(wanted.format().mediaType());
      response.setHeader(HttpHeaders.CONTENT_DISPOSITION, file.toString());
      response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
      // From here on, a failure cuts the connection, since the status is sent.
      response.flushBuffer();
      export.writeTo(response.getOutputStream());
    } finally {
      slots.release();
    }
  }
}
