package dev.rekey.credential;

import static java.util.stream.Collectors.joining;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.BoundedQueries.Planning;
import dev.rekey.platform.query.Conditions;
import dev.rekey.policy.NextRotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a search of the inventory.
 *
 * @param upstreams the upstreams to search; not empty
 * @param within restrictions of the subjects; all of them apply
 * @param matching the ids of all credentials that match {@code q}; null if there are too many, or
 *     without {@code q}
 * @param next the next rotations; empty if the search does not need them
 * @param sorts true to sort all matches, false to read them in the order of an index
 */
record InventorySearch(
    InventoryFilter filter,
    InventoryOrder order,
    List<String> upstreams,
    List<Visibility> within,
    @Nullable List<UUID> matching,
    NextRotations rotations,
    Map<UUID, NextRotation> next,
    boolean sorts) {

  // No index has coalesce(created_at, recorded_at).
  private static final String CREATION =
      "(c.created_at %1$s or c.created_at is null and c.recorded_at %1$s)";

  /** The table that {@link #allConditions} are about. */
  static final String TABLE = "credential c";

  private static final String NEXT =
      " join unnest(:nextIds, cast(:nextTimes as timestamptz[])) n (id, at) on n.id = c.id";

  InventorySearch sorting() {
    return new InventorySearch(filter, order, upstreams, within, matching, rotations, next, true);
  }

  /**
   * Returns the conditions except those for upstream and status.
   *
   * @param hasKey whether the column that orders the search has a value
   */
  Conditions conditions(boolean hasKey) {
    return conditions(creation(hasKey));
  }

  /** Returns all conditions, for rows with and without a value in the column of the order. */
  Conditions allConditions() {
    return conditions(CREATION).and(upstreamAndStatus());
  }

  private Conditions conditions(String creation) {
    Conditions where = withNext(new Conditions());
    filter.addTo(where);
    filter.addCreationTo(where, creation);
    filter.rotation().addTo(where, rotations, next);
    if (matching != null) {
      where.and("c.id = any (:matching)", "matching", matching.toArray(UUID[]::new));
    } else if (filter.q() != null) {
      InventoryFilter.containing(filter.q(), where);
    }
    for (int i = 0; i < within.size(); i++) {
      within.get(i).addTo(where, "c.subject", "within" + i + "of");
    }
    return where;
  }

  private String creation(boolean hasKey) {
    if (order.by() != InventoryOrder.Field.createdAt) {
      return CREATION;
    }
    return hasKey ? "c.created_at %1$s" : "c.recorded_at %1$s";
  }

  /** Returns the column that orders the search. */
  String column() {
    return (order.isByNextRotation() ? "n." : "c.") + order.by().column();
  }

  /** Returns the condition that the column has no value. */
  String hasNoKey() {
    return order.isByNextRotation() ? "c.id <> all (:nextIds)" : column() + " is null";
  }

  // The credentials with a next rotation are few. The others are read in the order of their ids.
  private String key(boolean hasKey) {
    return hasKey || !order.isByNextRotation() ? column() : "cast(null as timestamptz)";
  }

  private String from(boolean hasKey) {
    return hasKey && order.isByNextRotation() ? TABLE + NEXT : TABLE;
  }

  /**
   * Returns when to plan the search. Without a filter besides upstream and status, each branch has
   * one index that is right.
   */
  Planning planning() {
    return !sorts
            && !order.isByNextRotation()
            && filter.hasOnlyUpstreamAndStatus()
            && within.stream().allMatch(Visibility.All.class::isInstance)
        ? Planning.ONCE
        : Planning.FOR_VALUES;
  }

  /**
   * Returns a query of {@link CredentialRow#COLUMNS} and {@code key} in order, of at most {@code
   * limit} rows. It may have the parameter {@link Planning#LIMIT}.
   *
   * @param hasKey as for {@link #conditions}
   */
  String sql(Conditions where, boolean hasKey, int limit) {
    String rows = planning().limit(limit);
    return "select %s, page.key from (%s) page join credential c on c.id = page.id order by %s"
        .formatted(
            CredentialRow.COLUMNS,
            sorts ? sorted(where, hasKey, rows) : merged(where, hasKey, rows),
            order.sql("page.key", "page.id"));
  }

  // "offset 0" hides the limit from the planner, which would otherwise read an index in order.
  private String sorted(Conditions where, boolean hasKey, String limit) {
    return first(select(upstreamAndStatus(), where, hasKey) + " offset 0", limit);
  }

  // One ordered branch for each upstream and status: PostgreSQL merges the branches, and reads no
  // more rows than the page needs.
  private String merged(Conditions where, boolean hasKey, String limit) {
    return first(
        upstreams.stream()
            .flatMap(upstream -> statuses().stream().map(status -> branch(upstream, status)))
            .map(
                branch ->
                    "(%s order by %s limit %s)"
                        .formatted(
                            select(branch, where, hasKey), order.sql(key(hasKey), "c.id"), limit))
            .collect(joining(" union all ")),
        limit);
  }

  private String first(String rows, String limit) {
    return "select u.id, u.key from (%s) u order by %s limit %s"
        .formatted(rows, order.sql("u.key", "u.id"), limit);
  }

  private String upstreamAndStatus() {
    return "c.upstream in (%s) and c.status in (%s)"
        .formatted(quoted(upstreams), quoted(statuses()));
  }

  private static String branch(String upstream, String status) {
    return "c.upstream = '%s' and c.status = '%s'".formatted(upstream, status);
  }

  private String select(String branch, Conditions where, boolean hasKey) {
    return "select c.id, %s as key from %s where %s and %s"
        .formatted(key(hasKey), from(hasKey), branch, where.sql());
  }

  private Conditions withNext(Conditions where) {
    if (order.isByNextRotation()) {
      var ids = new ArrayList<UUID>();
      var times = new ArrayList<String>();
      next.forEach(
          (id, rotation) -> {
            if (rotation.at() != null) {
              ids.add(id);
              times.add(rotation.at().toString());
            }
          });
      where.param("nextIds", ids.toArray(UUID[]::new));
      where.param("nextTimes", times.toArray(String[]::new));
    }
    return where;
  }

  private List<String> statuses() {
    return filter.possibleStatuses().stream().map(CredentialStatus::name).toList();
  }

  // The names contain no quotes. As literals they let the planner use their statistics.
  private static String quoted(List<String> names) {
    return names.stream().collect(joining("', '", "'", "'"));
  }
}
