package dev.rekey.audit;

import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Criteria for events; an event has to meet all of them. Immutable. */
public final class AuditFilter {

  /** Every event. */
  public static final AuditFilter ALL = new AuditFilter(List.of());

  private final List<Criterion> criteria;

  private AuditFilter(List<Criterion> criteria) {
    this.criteria = criteria;
  }

  /**
   * One criterion, three times: for a request, for SQL and for Java.
   *
   * @param isNarrow whether so few events meet it that a search needs no limit in time
   */
  private record Criterion(
      String name,
      String value,
      boolean isNarrow,
      Consumer<Conditions> condition,
      Predicate<AuditEvent> test) {}

  /**
   * Adds a criterion; none if {@code wanted} is null. It is narrow if it is for an id.
   *
   * @param name the query parameter, and the name of the SQL parameter
   */
  <T> AuditFilter with(
      String name,
      String column,
      @Nullable T wanted,
      Function<AuditEvent, ? extends @Nullable T> field) {
    if (wanted == null) {
      return this;
    }
    boolean isId = wanted instanceof UUID;
    return and(
        new Criterion(
            name,
            wanted.toString(),
            isId,
            where -> where.and(column + " = :" + name, name, isId ? wanted : wanted.toString()),
            event -> wanted.equals(field.apply(event))));
  }

  AuditFilter withSubject(@Nullable SubjectFilter wanted) {
    return wanted == null
        ? this
        : and(
            new Criterion(
                "subject",
                wanted.toString(),
                !wanted.isPrefix(),
                where -> wanted.addTo(where, "e.subject"),
                event -> wanted.matches(event.subject())));
  }

  private AuditFilter and(Criterion criterion) {
    return and(new AuditFilter(List.of(criterion)));
  }

  /** The criteria of both. */
  public AuditFilter and(AuditFilter other) {
    return new AuditFilter(Stream.concat(criteria.stream(), other.criteria.stream()).toList());
  }

  public boolean isEmpty() {
    return criteria.isEmpty();
  }

  /** Whether there is a criterion for this query parameter. */
  public boolean has(String name) {
    return criteria.stream().anyMatch(criterion -> criterion.name().equals(name));
  }

  /** Whether so few events can match that a search needs no limit in time. */
  boolean isNarrow() {
    return criteria.stream().anyMatch(Criterion::isNarrow);
  }

  /** The conditions on {@code audit_event e}, with those of a caller's visibility. */
  public Conditions conditions(Visibility visibility) {
    var where = new Conditions();
    criteria.forEach(criterion -> criterion.condition().accept(where));
    visibility.addTo(where, "e.subject", "visible");
    return where;
  }

  public boolean matches(AuditEvent event) {
    return criteria.stream().allMatch(criterion -> criterion.test().test(event));
  }

  /** The query parameters that make this filter. */
  public Map<String, String> parameters() {
    var parameters = new LinkedHashMap<String, String>();
    criteria.forEach(criterion -> parameters.put(criterion.name(), criterion.value()));
    return parameters;
  }
}
