package dev.rekey.audit;

import dev.rekey.access.SubjectFilter;
import dev.rekey.audit.AuditSearch.Words;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Selection;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of every route that reads the history. The hourly counts have these columns
 * too; a parameter for events only belongs into {@link EventQuery}. All methods throw an {@code
 * invalid-parameter} problem if a value is malformed.
 */
public record AuditQuery(
    @Nullable Values type,
    @Nullable Values outcome,
    @Nullable Values team,
    @Nullable Values upstream,
    @Nullable Values subject) {

  private static final Pattern UPSTREAM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public AuditFilter filter(Upstreams upstreams) {
    return AuditFilter.ALL
        .with("type", "e.type", Selection.anyOf("type", type, AuditType.values()), AuditEvent::type)
        .with(
            "outcome",
            "e.outcome",
            Selection.anyOfOrNone("outcome", outcome, AuditOutcome.values()),
            AuditEvent::outcome)
        .with("team", "e.actor_team", Selection.names("team", team), event -> event.actor().team())
        .with("upstream", "e.upstream", upstreams(upstreams.names()), AuditEvent::upstream)
        .withSubject(SubjectFilter.of(upstreams, subject));
  }

  // The history may have upstreams that Rekey no longer knows. A start stands for the known ones.
  private Selection<String> upstreams(Collection<String> known) {
    List<String> names =
        upstream == null
            ? List.of()
            : upstream.split().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .flatMap(name -> Selection.withStart(name, known))
                .toList();
    return Selection.texts(
        names, "upstream", UPSTREAM, "a name such as keycard, or its start and a *");
  }

  /** The query parameters of the routes that return single events, not counts. */
  public record EventQuery(
      @Nullable Values actor, @Nullable Values credentialId, @Nullable Values rotationId) {

    public AuditFilter filter() {
      return AuditFilter.ALL
          .with("actor", "e.actor_id", Selection.names("actor", actor), event -> event.actor().id())
          .with(
              "credentialId",
              "e.credential_id",
              Selection.of(QueryText.ids("credentialId", credentialId)),
              AuditEvent::credentialId)
          .with(
              "rotationId",
              "e.rotation_id",
              Selection.of(QueryText.ids("rotationId", rotationId)),
              AuditEvent::rotationId);
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
