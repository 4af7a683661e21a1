package dev.rekey.platform.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The conditions of a query and their parameters. The SQL has no condition that always holds, so
 * that the planner chooses the right index.
 */
public final class Conditions {

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> params = new HashMap<>();

  public Conditions and(String condition, String name, Object value) {
    return and(condition).param(name, value);
  }

  public Conditions and(String condition) {
    conditions.add(condition);
    return this;
  }

  public Conditions param(String name, Object value) {
    params.put(name, value instanceof Instant time ? SqlTime.of(time) : value);
    return this;
  }

  public Conditions params(Map<String, Object> more) {
    params.putAll(more);
    return this;
  }

  /** The conditions joined by {@code and}; {@code true} if there is none. */
  public String sql() {
    return conditions.isEmpty() ? "true" : String.join(" and ", conditions);
  }

  public Map<String, Object> params() {
    return params;
  }
}
