package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.NextLink;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.QueryText;
import dev.rekey.platform.Slice;
import dev.rekey.upstream.Upstreams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Feeds machines that want every event once, in one order. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit", description = "Who changed what, when, and how that ended.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
class TailController {

  private static final int MAX_WAIT_SECONDS = 30;

  /** Only so that no request stays for ever whose answer went astray. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Followers followers;
  private final Access access;
  private final Upstreams upstreams;

  TailController(Followers followers, Access access, Upstreams upstreams) {
    this.followers = followers;
    this.access = access;
    this.upstreams = upstreams;
  }

  @GetMapping("/tail")
  @Operation(
      operationId = "tailAuditEvents",
      summary = "Follow the history without a gap",
      description =
          "Sealed events only, in the order of the chain, so that a follower that sends each"
              + " answer's nextAfterSeq as the next afterSeq misses none and gets none twice. An"
              + " event is sealed about a second after it was committed.")
  @ApiResponse(
      responseCode = "200",
      useReturnTypeSchema = true,
      headers = @Header(name = HttpHeaders.LINK, ref = "#/components/headers/Link"))
  DeferredResult<ResponseEntity<TailPage>> tail(
      Caller caller,
      @RequestParam(name = "afterSeq", required = false)
          @Parameter(
              description =
                  "Where to go on: the nextAfterSeq of the answer before. Left out, from the first"
                      + " event on. Ahead of the chain, there is nothing until the chain gets there.",
              example = "4711",
              schema = @Schema(type = "integer", format = "int64", minimum = "0"))
          @Nullable Long afterSeq,
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "waitSeconds", required = false)
          @Parameter(
              description =
                  "How long to wait for something if there is nothing: 0 to 30; default 0. The"
                      + " answer comes as soon as there is something.",
              example = "30",
              schema = @Schema(type = "integer", minimum = "0", maximum = "30", defaultValue = "0"))
          @Nullable Integer waitSeconds,
      @RequestParam(name = "type", required = false) @Wanted.Type @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Wanted.Outcome @Nullable String outcome,
      @RequestParam(name = "actor", required = false) @Wanted.Actor @Nullable String actor,
      @RequestParam(name = "team", required = false) @Wanted.Team @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Wanted.Upstream @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Wanted.Subject @Nullable String subject,
      @RequestParam(name = "credentialId", required = false) @Wanted.CredentialId
          @Nullable UUID credentialId,
      @RequestParam(name = "rotationId", required = false) @Wanted.RotationId
          @Nullable UUID rotationId) {
    var filter =
        new AuditFilter(
            null,
            null,
            FilterText.type(type),
            FilterText.outcome(outcome),
            QueryText.name("actor", actor),
            QueryText.name("team", team),
            FilterText.upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            credentialId,
            rotationId,
            null);
    var following = new Following(filter, access.visibleTo(caller), Slice.limit(limit));
    return follow(following, FilterText.place(afterSeq), patience(waitSeconds));
  }

  private DeferredResult<ResponseEntity<TailPage>> follow(
      Following following, long after, Duration patience) {
    var answer = new DeferredResult<ResponseEntity<TailPage>>(patience.plus(GRACE).toMillis());
    NextLink link = NextLink.ofCurrentRequest();
    var follower =
        new Follower(following, after, patience, page -> answer.setResult(response(page, link)));
    answer.onTimeout(() -> followers.dismiss(follower));
    answer.onCompletion(() -> followers.forget(follower));
    followers.serve(follower);
    return answer;
  }

  private static ResponseEntity<TailPage> response(TailPage page, NextLink link) {
    return ResponseEntity.ok()
        .header(HttpHeaders.LINK, link.with("afterSeq", page.nextAfterSeq()))
        .body(page);
  }

  private static Duration patience(@Nullable Integer waitSeconds) {
    if (waitSeconds != null && (waitSeconds < 0 || waitSeconds > MAX_WAIT_SECONDS)) {
      throw FilterText.invalid(
          "waitSeconds has to be 0 to "
              + MAX_WAIT_SECONDS
              + "; to wait for longer, ask again with the answer's nextAfterSeq.");
    }
    return Duration.ofSeconds(waitSeconds == null ? 0 : waitSeconds);
  }
}
