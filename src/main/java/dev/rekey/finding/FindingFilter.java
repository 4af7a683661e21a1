package dev.rekey.finding;

import dev.rekey.access.Owners;
import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Selection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a search of findings. A part that is null or empty does not restrict it.
 *
 * @param kinds those of the requested kinds that have one of the requested severities; none match
 *     if it is empty
 * @param teams the teams whose granted subjects match
 * @param owners the names of teams that own the subjects
 */
record FindingFilter(
    List<FindingKind> kinds,
    List<FindingState> states,
    List<String> upstreams,
    @Nullable SubjectFilter subject,
    List<String> teams,
    List<String> owners) {

  /** The identity of the search, for its cursors. */
  List<@Nullable Object> parts(FindingOrder order) {
    return Arrays.asList(
        "findings", kinds, states, upstreams, subject, teams, owners, order.toString());
  }

  /** Adds the conditions on {@code finding f}, except those of the teams. */
  void addTo(Conditions where, Owners known) {
    if (kinds.size() < FindingKind.values().length) {
      where.and(
          "f.kind = any (:kinds)",
          "kinds",
          kinds.stream().map(FindingKind::text).toArray(String[]::new));
    }
    Selection.of(states).addTo(where, "f.state", "states");
    where.and("f.upstream = any (:upstreams)", "upstreams", upstreams.toArray(String[]::new));
    if (subject != null) {
      subject.addTo(where, "f.subject");
    }
    known.addTo(where, "f.subject", owners);
  }
}
