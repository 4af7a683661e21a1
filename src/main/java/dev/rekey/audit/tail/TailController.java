package dev.rekey.audit.tail;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.FilterText;
import dev.rekey.platform.query.NextLink;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Slice;
import dev.rekey.upstream.Upstreams;
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
  DeferredResult<ResponseEntity<TailPage>> tail(
      Caller caller,
      @RequestParam(name = "afterSeq", required = false) @Nullable Long afterSeq,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "waitSeconds", required = false) @Nullable Integer waitSeconds,
      @RequestParam(name = "type", required = false) @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Nullable String outcome,
      @RequestParam(name = "actor", required = false) @Nullable String actor,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "credentialId", required = false) @Nullable UUID credentialId,
      @RequestParam(name = "rotationId", required = false) @Nullable UUID rotationId) {
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
