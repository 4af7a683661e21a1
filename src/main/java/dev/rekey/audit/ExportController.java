package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.QueryText;
import dev.rekey.upstream.Upstreams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
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
@Tag(name = "Audit", description = "Who changed what, when, and how that ended.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
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
  @Operation(
      operationId = "exportAuditEvents",
      summary = "Take a copy of the history",
      description =
          "All sealed events up to now, however many. Without a filter, and for who may see all"
              + " subjects, by seq, and NDJSON can be verified as a chain; else by time. NDJSON ends"
              + " in a trailer, without which it was cut short; the connection is cut, too, where"
              + " the export cannot go on. That an export was begun is itself an event.")
  @ApiResponse(
      responseCode = "200",
      headers = {
        @Header(name = HttpHeaders.CACHE_CONTROL, ref = "#/components/headers/Cache-Control"),
        @Header(
            name = HttpHeaders.CONTENT_DISPOSITION,
            ref = "#/components/headers/Content-Disposition")
      },
      content = {
        @Content(
            mediaType = "application/x-ndjson",
            schema =
                @Schema(
                    type = "string",
                    description = "Lines of JSON: a header, the events, and a trailer.",
                    // As a literal of JSON, or it would be shown as the object of its first line.
                    example =
                        "\"{\\\"kind\\\":\\\"header\\\",\\\"format\\\":\\\"rekey-audit-export-1\\\"}\\n"
                            + "{\\\"kind\\\":\\\"trailer\\\",\\\"count\\\":0}\\n\"")),
        @Content(
            mediaType = "text/csv",
            schema =
                @Schema(
                    type = "string",
                    description =
                        "RFC 4180 with a row of names. A ' precedes cells that a spreadsheet would"
                            + " take for a formula.",
                    example =
                        "seq,id,type,occurredAt\r\n1,019aa8a6-0d1e-7f2a,rotation.requested\r\n"))
      })
  void export(
      Caller caller,
      @RequestParam(name = "format", required = false)
          @Parameter(
              description = "ndjson or csv; default ndjson.",
              example = "ndjson",
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"ndjson", "csv"},
                      defaultValue = "ndjson"))
          @Nullable String format,
      @RequestParam(name = "afterSeq", required = false)
          @Parameter(
              description =
                  "Only events behind this place in the chain, such as the lastSeq of an export"
                      + " before; default 0.",
              example = "4711",
              schema =
                  @Schema(type = "integer", format = "int64", minimum = "0", defaultValue = "0"))
          @Nullable Long afterSeq,
      @RequestParam(name = "from", required = false) @Wanted.From @Nullable Instant from,
      @RequestParam(name = "to", required = false) @Wanted.To @Nullable Instant to,
      @RequestParam(name = "type", required = false) @Wanted.Type @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Wanted.Outcome @Nullable String outcome,
      @RequestParam(name = "actor", required = false) @Wanted.Actor @Nullable String actor,
      @RequestParam(name = "team", required = false) @Wanted.Team @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Wanted.Upstream @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Wanted.Subject @Nullable String subject,
      @RequestParam(name = "credentialId", required = false) @Wanted.CredentialId
          @Nullable UUID credentialId,
      @RequestParam(name = "rotationId", required = false) @Wanted.RotationId
          @Nullable UUID rotationId,
      @RequestParam(name = "q", required = false) @Wanted.Words @Nullable String q,
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
