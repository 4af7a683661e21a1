package dev.rekey.audit.export;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.FilterText;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Streams copies of the history. */
@RestController
@RequestMapping("/api/v1/audit-events")
class ExportController {

  private static final int AT_ONCE = 16;

  private static final DateTimeFormatter FILE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Exports exports;
  private final Access access;
  private final Upstreams upstreams;

  ExportController(Exports exports, Access access, Upstreams upstreams) {
    this.exports = exports;
    this.access = access;
    this.upstreams = upstreams;
  }

  @GetMapping("/export")
  void export(
      Caller caller,
      @RequestParam(name = "format", required = false) @Nullable String format,
      @RequestParam(name = "afterSeq", required = false) @Nullable Long afterSeq,
      @RequestParam(name = "from", required = false) @Nullable Instant from,
      @RequestParam(name = "to", required = false) @Nullable Instant to,
      @RequestParam(name = "type", required = false) @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Nullable String outcome,
      @RequestParam(name = "actor", required = false) @Nullable String actor,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "credentialId", required = false) @Nullable UUID credentialId,
      @RequestParam(name = "rotationId", required = false) @Nullable UUID rotationId,
      @RequestParam(name = "q", required = false) @Nullable String q,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    FilterText.checkSpan(from, to);
    var filter =
        new AuditFilter(
            from,
            to,
            FilterText.type(type),
            FilterText.outcome(outcome),
            QueryText.name("actor", actor),
            QueryText.name("team", team),
            FilterText.upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            credentialId,
            rotationId,
            FilterText.words(q));
    var order =
        new ExportOrder(
            caller,
            access.visibleTo(caller),
            filter,
            FilterText.place(afterSeq),
            ExportFormat.of(format));
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      response.setContentType(order.format().mediaType());
      return;
    }
    if (!atOnce.tryAcquire()) {
      throw ProblemType.RECORD_UNAVAILABLE
          .with(
              "A replica gives "
                  + AT_ONCE
                  + " exports at once, each of which holds some pages in memory. Repeat the request"
                  + " when one has ended.")
          .exception();
    }
    try {
      send(exports.begin(order), order.format(), response);
    } finally {
      atOnce.release();
    }
  }

  private static void send(Exports.Begun export, ExportFormat format, HttpServletResponse response)
      throws IOException {
    var file =
        ContentDisposition.attachment()
            .filename("rekey-audit-" + FILE_TIME.format(export.at()) + "." + format.text())
            .build();
    response.setContentType(format.mediaType());
    response.setHeader(HttpHeaders.CONTENT_DISPOSITION, file.toString());
    response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
    // From here on, no problem can be answered any more, and whatever fails cuts the connection.
    response.flushBuffer();
    export.writeTo(response.getOutputStream());
  }
}
