package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A decision or help that a rotation waits for. Each one is a SQL condition. The API filters,
 * counts and shows rotations by it.
 */
public enum Need {
  /** An admin has to resolve it, because Rekey cannot find out the outcome. */
  RESOLUTION("rotation r", "r.state = 'UNKNOWN' and not " + RotationStatuses.RECONCILING),

  /**
   * Somebody has to say whether the new credential works. Rekey does not wait for its first use, or
   * has waited too long.
   */
  CONFIRMATION(
      "overlap o join rotation r on r.id = o.rotation_id",
      """
      r.state = 'SUCCEEDED' and old.status = 'ACTIVE'
        and r.confirmed_at is null and r.reverted_at is null
        and (r.next_look_at is null or r.unconfirmed_at is not null)
        and coalesce(d.state, 'DELIVERED') in ('DELIVERED', 'SUPERSEDED')
        and not exists (select from rotation n
          where n.reissue_of = r.id and n.state in ('PENDING', 'SUCCEEDED'))
      """),

  /**
   * Its secret was not delivered, or another rotation has ended what was delivered. Nobody has
   * decided about it, and no later secret was sent to its target.
   */
  DELIVERY(
      "rotation r",
      """
      d.state = 'PARKED' and r.reverted_at is null
        and not exists (select from rotation n
          where n.reissue_of = r.id and n.state = 'SUCCEEDED')
        and not exists (select from secret_delivery later
          where later.target = d.target and later.reserved_at > d.reserved_at
            and later.state <> 'SUPERSEDED')
      """);

  /** For {@link #of}: a column for each need, of the tables of {@link RotationStatuses#JOINS}. */
  static final String COLUMNS =
      Arrays.stream(values())
          .map(need -> "(%s) is true as %s".formatted(need.condition, need.column()))
          .collect(Collectors.joining(", "));

  private final String candidates;
  private final String condition;

  /**
   * @param candidates a small table that has all rotations {@code r} with the need
   */
  Need(String candidates, String condition) {
    this.candidates = candidates;
    this.condition = condition;
  }

  /** The rest of a query after {@code select …}: all rotations {@code r} that have it. */
  String rows() {
    return " from " + candidates + RotationStatuses.JOINS + " where (" + condition + ")";
  }

  /** The condition that {@code rotation r} has one of these needs. */
  static String anyOf(Collection<Need> needs) {
    return needs.stream()
        .map(need -> "select r.id" + need.rows())
        .collect(Collectors.joining(" union all ", "r.id = any (array(", "))"));
  }

  /** The needs of a row with {@link #COLUMNS}, in their order. */
  static List<Need> of(ResultSet row) throws SQLException {
    var needs = new ArrayList<Need>();
    for (Need need : values()) {
      if (row.getBoolean(need.column())) {
        needs.add(need);
      }
    }
    return List.copyOf(needs);
  }

  private String column() {
    return "needs_" + this;
  }

  /** The name in JSON and in requests. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
