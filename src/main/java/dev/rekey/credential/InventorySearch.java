package dev.rekey.credential;

import static java.util.stream.Collectors.joining;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for in the inventory, as SQL.
 *
 * @param upstreams where; not empty
 * @param within the subjects that are in all of these
 * @param saying all that say the filter's {@code q}; null if that is not asked for, or too many
 * @param sorts whether all that match are sorted, and not found in order
 */
record InventorySearch(
    InventoryFilter filter,
    InventoryOrder order,
    List<String> upstreams,
    List<Visibility> within,
    @Nullable List<UUID> saying,
    boolean sorts) {

  InventorySearch sorting() {
    return new InventorySearch(filter, order, upstreams, within, saying, true);
  }

  /** What a credential has to meet, but for its upstream and status. */
  Conditions conditions() {
    var where = new Conditions();
    filter.addTo(where);
    if (saying != null) {
      where.and("c.id = any (:saying)", "saying", saying.toArray(UUID[]::new));
    } else if (filter.q() != null) {
      where.and(InventoryFilter.SAYS_Q, "q", InventoryFilter.like(filter.q()));
    }
    for (int i = 0; i < within.size(); i++) {
      within.get(i).addTo(where, "c.subject", "within" + i + "of");
    }
    return where;
  }

  /** The column by which they are ordered. */
  String column() {
    return "c." + order.by().column();
  }

  /** A query of {@code id} and {@code key}, no more than {@code :limit}, in order. */
  String sql(Conditions where) {
    return sorts ? sorted(where) : merged(where);
  }

  // By "offset 0" it is planned as if all were wanted, for which no order of an index is of use.
  private String sorted(Conditions where) {
    return first(
        matching(
                "c.upstream in (%s) and c.status in (%s)"
                    .formatted(
                        upstreams.stream().map(InventorySearch::quoted).collect(joining(", ")),
                        statuses().stream().map(InventorySearch::quoted).collect(joining(", "))),
                where)
            + " offset 0");
  }

  // With each upstream and status in a branch of its own that is in order, PostgreSQL takes no more
  // from each than it needs.
  private String merged(Conditions where) {
    return first(
        upstreams.stream()
            .flatMap(upstream -> statuses().stream().map(status -> oneOf(upstream, status)))
            .map(
                one ->
                    "(%s order by %s limit :limit)"
                        .formatted(matching(one, where), order.sql(column(), "c.id")))
            .collect(joining(" union all ")));
  }

  private String first(String rows) {
    return "select u.id, u.key from (%s) u order by %s limit :limit"
        .formatted(rows, order.sql("u.key", "u.id"));
  }

  private static String oneOf(String upstream, String status) {
    return "c.upstream = %s and c.status = %s".formatted(quoted(upstream), quoted(status));
  }

  private String matching(String which, Conditions where) {
    return "select c.id, %s as key from credential c where %s and %s"
        .formatted(column(), which, where.sql());
  }

  private List<String> statuses() {
    List<CredentialStatus> wanted =
        filter.statuses().isEmpty() ? List.of(CredentialStatus.values()) : filter.statuses();
    return wanted.stream().map(CredentialStatus::name).toList();
  }

  // None of these names holds a quote, and with them in its text a query is planned for them.
  private static String quoted(String name) {
    return "'" + name + "'";
  }
}
