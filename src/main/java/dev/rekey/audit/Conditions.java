package dev.rekey.audit;

import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.platform.SqlTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
      where.and(
          "e.subject like any (:visible)",
          "visible",
          patterns.stream().map(SubjectPattern::like).toArray(String[]::new));
    }
    return where;
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
