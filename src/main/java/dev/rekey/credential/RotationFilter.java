package dev.rekey.credential;

import dev.rekey.access.SubjectPattern;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.Policy;
import dev.rekey.policy.WaitsFor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The conditions of a search that are about policies. A part that is empty or unbounded does not
 * restrict it.
 *
 * @param policies the names of the policies that apply
 * @param waitsFor what the next rotation waits for
 * @param next when it starts
 */
record RotationFilter(List<String> policies, List<WaitsFor> waitsFor, TimeRange next) {

  static final RotationFilter NONE = new RotationFilter(List.of(), List.of(), TimeRange.UNBOUNDED);

  boolean isEmpty() {
    return equals(NONE);
  }

  /** Whether the next rotations have to be known. */
  boolean usesSchedule() {
    return !waitsFor.isEmpty() || !next.equals(TimeRange.UNBOUNDED);
  }

  /** Whether only the credentials that policies rotate can match, which are few. */
  boolean isNarrow() {
    return usesSchedule() && !includesWithoutTarget();
  }

  private boolean includesWithoutTarget() {
    return waitsFor.contains(WaitsFor.DELIVERY_TARGET) && next.equals(TimeRange.UNBOUNDED);
  }

  private boolean includes(NextRotation rotation) {
    return (waitsFor.isEmpty() || waitsFor.contains(rotation.waitsFor()))
        && (next.equals(TimeRange.UNBOUNDED) || next.includes(rotation.at()));
  }

  /**
   * Adds the conditions on {@code credential c}.
   *
   * @param known the next rotations; not used unless {@link #usesSchedule}
   */
  void addTo(Conditions where, NextRotations rotations, Map<UUID, NextRotation> known) {
    if (!policies.isEmpty()) {
      where.and(applying(where, rotations.policies(), each -> policies.contains(each.name()), "p"));
    }
    if (!usesSchedule()) {
      return;
    }
    where.param(
        "scheduled",
        known.entrySet().stream()
            .filter(each -> includes(each.getValue()))
            .map(Map.Entry::getKey)
            .toArray(UUID[]::new));
    if (!includesWithoutTarget()) {
      where.and("c.id = any (:scheduled)");
      return;
    }
    where.param("covered", rotations.coveredSubjects().toArray(String[]::new));
    where.and(
        "(c.id = any (:scheduled) or c.status = 'ACTIVE' and c.subject <> all (:covered) and "
            + applying(where, rotations.policies(), Policy::rotates, "r")
            + ")");
  }

  /** The condition that one of these policies applies: an earlier policy of all wins. */
  private static String applying(
      Conditions where, List<Policy> all, Predicate<Policy> wanted, String prefix) {
    var alternatives = new ArrayList<String>();
    var earlier = new ArrayList<String>();
    for (int i = 0; i < all.size(); i++) {
      String matches = matches(where, all.get(i), prefix + i + "of");
      if (wanted.test(all.get(i))) {
        var parts = new ArrayList<>(List.of(matches));
        earlier.forEach(each -> parts.add("not " + each));
        alternatives.add("(" + String.join(" and ", parts) + ")");
      }
      earlier.add(matches);
    }
    return alternatives.isEmpty() ? "false" : "(" + String.join(" or ", alternatives) + ")";
  }

  private static String matches(Conditions where, Policy policy, String name) {
    return policy.subjects().isEmpty()
        ? "true"
        : SubjectPattern.anyOf(policy.subjects(), where, "c.subject", name);
  }
}
