package dev.rekey.audit.tail;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SequenceQuery;
import dev.rekey.audit.EventFormat;
import dev.rekey.audit.EventFormat.FormatQuery;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.FieldsQuery;
import dev.rekey.platform.query.Item;
import dev.rekey.platform.query.NextLink;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Slice;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Returns every sealed event once, in the order of the chain. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
class TailController {

  private static final int MAX_WAIT_SECONDS = 30;

  /** Closes a request that got no response in time, which must not happen. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Followers followers;
  private final Access access;
  private final Upstreams upstreams;

  TailController(Followers followers, Access access, Upstreams upstreams) {
    this.followers = followers;
    this.access = access;
    this.upstreams = upstreams;
  }

  /** The query parameters of this route only. */
  record TailQuery(@Nullable Integer limit, @Nullable Integer waitSeconds) {

    private Duration maxWait() {
      if (waitSeconds != null && (waitSeconds < 0 || waitSeconds > MAX_WAIT_SECONDS)) {
        throw QueryText.invalid(
            "waitSeconds has to be 0 to "
                + MAX_WAIT_SECONDS
                + ". To wait longer, repeat the request with the response's nextAfterSeq.");
      }
      return Duration.ofSeconds(waitSeconds == null ? 0 : waitSeconds);
    }
  }

  @GetMapping(
      path = "/tail",
      produces = {MediaType.APPLICATION_JSON_VALUE, EventFormat.OCSF_VALUE})
  DeferredResult<ResponseEntity<TailPage<Item<AuditEvent>>>> tail(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SequenceQuery sequence,
      @ModelAttribute TailQuery tail,
      @ModelAttribute FieldsQuery view,
      @ModelAttribute FormatQuery requested,
      HttpServletRequest request) {
    AuditFilter filter = query.filter(upstreams).and(ofEvents.filter());
    var following = new Following(filter, access.visibleTo(caller), Slice.limit(tail.limit()));
    Fields<AuditEvent> fields = view.of(AuditEvent.class);
    EventFormat format = requested.of(request, fields);
    NextLink link = NextLink.ofCurrentRequest();
    return follow(
        following,
        sequence.after(),
        tail.maxWait(),
        page -> format.of(response(page, link, fields)));
  }

  private DeferredResult<ResponseEntity<TailPage<Item<AuditEvent>>>> follow(
      Following following,
      long after,
      Duration wait,
      Function<TailPage<AuditEvent>, ResponseEntity<TailPage<Item<AuditEvent>>>> response) {
    var result =
        new DeferredResult<ResponseEntity<TailPage<Item<AuditEvent>>>>(wait.plus(GRACE).toMillis());
    var follower =
        new Follower(following, after, wait, page -> result.setResult(response.apply(page)));
    result.onTimeout(() -> followers.timeOut(follower));
    result.onCompletion(() -> followers.remove(follower));
    followers.serve(follower);
    return result;
  }

  private static ResponseEntity<TailPage<Item<AuditEvent>>> response(
      TailPage<AuditEvent> page, NextLink link, Fields<AuditEvent> fields) {
    return ResponseEntity.ok()
        .header(HttpHeaders.LINK, link.with("afterSeq", page.nextAfterSeq()))
        .contentType(fields.contentType())
        .body(page.map(fields::item));
  }
}
