package dev.rekey.audit;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of every route that reads the history. The hourly counts have these columns
 * too; a parameter for events only belongs into {@link EventQuery}.
 */
public record AuditQuery(
    @Nullable String type,
    @Nullable String outcome,
    @Nullable String team,
    @Nullable String upstream,
    @Nullable String subject) {

  private static final Pattern UPSTREAM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** Throws an {@code invalid-parameter} problem if a value is malformed. */
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
}
