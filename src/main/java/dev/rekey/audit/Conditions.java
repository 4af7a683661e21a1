package dev.rekey.audit;

import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.SqlTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a query and their parameters. Only those that are asked for are in the SQL, so
 * that the planner finds the index for them.
 */
final class Conditions {

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> params = new HashMap<>();

  /** Those of {@code audit_event e} that a filter wants and a caller may see. */
  static Conditions of(AuditFilter filter, Visibility visibility) {
    var where = new Conditions();
    filter.addTo(where);
    if (visibility instanceof Visibility.Only(var patterns)) {
      where.andAnyOf(patterns);
    }
    return where;
  }

  // Not "like any", for which no index is used.
  private void andAnyOf(List<SubjectPattern> patterns) {
    var alternatives = new ArrayList<String>();
    for (SubjectPattern pattern : patterns) {
      String name = "visible" + alternatives.size();
      alternatives.add("e.subject like :" + name);
      param(name, pattern.like());
    }
    and(alternatives.isEmpty() ? "false" : "(" + String.join(" or ", alternatives) + ")");
  }

  /** Only what comes after a place in a list that has the newest first. */
  Conditions after(@Nullable Cursor place) {
    return place == null
        ? this
        // The first of the two is for the planner, who leaves out later months by it.
        : and("e.occurred_at <= :afterTime and (e.occurred_at, e.id) < (:afterTime, :afterId)")
            .param("afterTime", place.at())
            .param("afterId", place.id());
  }

  Conditions and(String condition, String name, Object value) {
    return and(condition).param(name, value);
  }

  Conditions and(String condition) {
    conditions.add(condition);
    return this;
  }

  Conditions param(String name, Object value) {
    params.put(name, value instanceof Instant time ? SqlTime.of(time) : value);
    return this;
  }

  /** {@code true} if there is none. */
  String sql() {
    return conditions.isEmpty() ? "true" : String.join(" and ", conditions);
  }

  Map<String, Object> params() {
    return params;
  }
}
