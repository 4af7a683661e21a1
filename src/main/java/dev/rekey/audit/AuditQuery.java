package dev.rekey.audit;

import dev.rekey.access.SubjectFilter;
import dev.rekey.audit.AuditSearch.Words;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of every route that reads the history. The hourly counts have these columns
 * too; a parameter for events only belongs into {@link EventQuery}. All methods throw an {@code
 * invalid-parameter} problem if a value is malformed.
 */
public record AuditQuery(
    @Nullable String type,
    @Nullable String outcome,
    @Nullable String team,
    @Nullable String upstream,
    @Nullable String subject) {

  private static final Pattern UPSTREAM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public AuditFilter filter(Upstreams upstreams) {
    if (upstream != null && !UPSTREAM.matcher(upstream).matches()) {
      throw QueryText.invalid("upstream has to be a name such as keycard.");
    }
    return AuditFilter.ALL
        .with("type", "e.type", QueryText.oneOf("type", type, AuditType.values()), AuditEvent::type)
        .with(
            "outcome",
            "e.outcome",
            QueryText.oneOf("outcome", outcome, AuditOutcome.values()),
            AuditEvent::outcome)
        .with("team", "e.actor_team", QueryText.name("team", team), event -> event.actor().team())
        .with("upstream", "e.upstream", upstream, AuditEvent::upstream)
        .withSubject(SubjectFilter.of(upstreams, subject));
  }

  /** The query parameters of the routes that return single events, not counts. */
  public record EventQuery(
      @Nullable String actor, @Nullable UUID credentialId, @Nullable UUID rotationId) {

    public AuditFilter filter() {
      return AuditFilter.ALL
          .with("actor", "e.actor_id", QueryText.name("actor", actor), event -> event.actor().id())
          .with("credentialId", "e.credential_id", credentialId, AuditEvent::credentialId)
          .with("rotationId", "e.rotation_id", rotationId, AuditEvent::rotationId);
    }
  }

  /** The query parameters of the routes that go through the history by time. */
  public record SearchQuery(@Nullable Instant from, @Nullable Instant to, @Nullable String q) {

    public AuditSearch search(AuditFilter filter) {
      return new AuditSearch(filter, TimeRange.ordered(from, to), Words.of(q));
    }
  }

  /** The query parameter of the routes that go through the history by sequence number. */
  public record SequenceQuery(@Nullable Long afterSeq) {

    /** The sequence number after which events are returned; 0, before the first, by default. */
    public long after() {
      if (afterSeq != null && afterSeq < 0) {
        throw QueryText.invalid(
            "afterSeq has to be 0, for all events, or the nextAfterSeq of an earlier response.");
      }
      return afterSeq == null ? 0 : afterSeq;
    }
  }
}
