package dev.rekey.audit;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Selection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Criteria for events; an event has to meet all of them. Immutable. */
public final class AuditFilter {

  /** Every event. */
  public static final AuditFilter ALL = new AuditFilter(List.of(), null);

  private static final String SUBJECT = "subject";

  private final List<Criterion> criteria;
  private final @Nullable SubjectFilter subject;

  private AuditFilter(List<Criterion> criteria, @Nullable SubjectFilter subject) {
    this.criteria = criteria;
    this.subject = subject;
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
   * Adds the criterion that the selection includes the value of an event's field; none if it
   * includes all. It is narrow if it names ids.
   *
   * @param name the query parameter, and the name of the SQL parameter
   */
  <T> AuditFilter with(
      String name,
      String column,
      Selection<T> wanted,
      Function<AuditEvent, ? extends @Nullable T> field) {
    return wanted.isAny()
        ? this
        : and(
            new Criterion(
                name,
                wanted.toString(),
                wanted.isNamed() && wanted.values().stream().allMatch(UUID.class::isInstance),
                where -> wanted.addTo(where, column, name),
                event -> wanted.includes(field.apply(event))));
  }

  AuditFilter withSubject(@Nullable SubjectFilter wanted) {
    if (wanted == null) {
      return this;
    }
    var criterion =
        new Criterion(
            SUBJECT,
            wanted.toString(),
            wanted.isWhole(),
            where -> wanted.addTo(where, "e.subject"),
            event -> wanted.matches(event.subject()));
    return new AuditFilter(append(criterion), wanted);
  }

  private List<Criterion> append(Criterion criterion) {
    return Stream.concat(criteria.stream(), Stream.of(criterion)).toList();
  }

  private AuditFilter and(Criterion criterion) {
    return new AuditFilter(append(criterion), subject);
  }

  /** The criteria of both. At most one of them may have a criterion for the subject. */
  public AuditFilter and(AuditFilter other) {
    return new AuditFilter(
        Stream.concat(criteria.stream(), other.criteria.stream()).toList(),
        subject == null ? other.subject : subject);
  }

  /**
   * The subjects, if this asks for several by their whole names and has no other narrow criterion;
   * otherwise empty.
   */
  Set<String> severalSubjects() {
    return subject != null
            && subject.isWhole()
            && subject.starts().size() > 1
            && !withoutSubject().isNarrow()
        ? subject.starts().stream().filter(subject::matches).collect(toUnmodifiableSet())
        : Set.of();
  }

  AuditFilter withoutSubject() {
    return new AuditFilter(
        criteria.stream().filter(criterion -> !criterion.name().equals(SUBJECT)).toList(), null);
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

  /**
   * Whether one index is right for all values: there is no criterion, or only ids. Not for a
   * subject: it may have most of the events, or hardly any.
   */
  boolean hasOneIndex() {
    return criteria.isEmpty() || (criteria.size() == 1 && isNarrow() && !has(SUBJECT));
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
