package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.TimeRange;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events that a search returns: those that match the filter, in the time, with the words.
 *
 * @param words null for any
 */
public record AuditSearch(AuditFilter filter, TimeRange time, @Nullable Words words) {

  /** Every event. */
  public static final AuditSearch ALL = new AuditSearch(AuditFilter.ALL, TimeRange.UNBOUNDED, null);

  AuditSearch within(TimeRange other) {
    return new AuditSearch(filter, other, words);
  }

  public boolean isUnrestricted() {
    return filter.isEmpty() && time.equals(TimeRange.UNBOUNDED) && words == null;
  }

  /** The conditions on {@code audit_event e}, except the words. */
  public Conditions conditions(Visibility visibility) {
    Conditions where = filter.conditions(visibility);
    time.addTo(where, "e.occurred_at");
    return where;
  }

  /** The query parameters that make this search. */
  public Map<String, String> parameters() {
    var parameters = new LinkedHashMap<String, String>();
    put(parameters, "from", time.from());
    put(parameters, "to", time.to());
    parameters.putAll(filter.parameters());
    put(parameters, "q", words);
    return parameters;
  }

  private static void put(Map<String, String> parameters, String name, @Nullable Object value) {
    if (value != null) {
      parameters.put(name, value.toString());
    }
  }
}
