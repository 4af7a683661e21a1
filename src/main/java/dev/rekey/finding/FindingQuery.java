package dev.rekey.finding;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a search of findings, except those of its pages. Null means no
 * restriction, and open findings only for {@code state}.
 */
public record FindingQuery(
    @Nullable Values kind,
    @Nullable Values severity,
    @Nullable Values state,
    @Nullable Values upstream,
    @Nullable Values subject,
    @Nullable Values team,
    @Nullable Values owner,
    @Nullable String sort) {

  /** Throws an {@code invalid-parameter} problem if a value is malformed. */
  FindingFilter filter(Upstreams upstreams) {
    List<FindingKind> kinds = QueryText.anyOf("kind", kind, FindingKind.values());
    List<FindingSeverity> severities =
        QueryText.anyOf("severity", severity, FindingSeverity.values());
    List<FindingState> states = QueryText.anyOf("state", state, FindingState.values());
    List<String> named =
        QueryText.anyOf("upstream", upstream, upstreams.names().toArray(String[]::new));
    return new FindingFilter(
        (kinds.isEmpty() ? List.of(FindingKind.values()) : kinds)
            .stream()
                .filter(each -> severities.isEmpty() || severities.contains(each.severity()))
                .toList(),
        states.isEmpty() ? List.of(FindingState.OPEN) : states,
        named.isEmpty() ? upstreams.names() : named,
        SubjectFilter.of(upstreams, subject),
        QueryText.names("team", team),
        QueryText.names("owner", owner));
  }
}
