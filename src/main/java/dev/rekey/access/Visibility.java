package dev.rekey.access;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.rekey.platform.query.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which subjects a caller may read. */
public sealed interface Visibility {

  /** Adds the condition that a column is visible; only its parameters begin with the name. */
  default void addTo(Conditions where, String column, String name) {
    if (!(this instanceof Only(var patterns))) {
      return;
    }
    where.and(SubjectPattern.anyOf(patterns, where, column, name));
  }

  /** Whether the subject is visible. Without a subject, null, only {@link All} includes it. */
  default boolean includes(@Nullable String subject) {
    return switch (this) {
      case All() -> true;
      case Only(var patterns) ->
          subject != null && patterns.stream().anyMatch(pattern -> pattern.matches(subject));
    };
  }

  /** Prefixes of the names of all visible subjects. An empty prefix matches every name. */
  default List<String> prefixes() {
    return switch (this) {
      case All() -> List.of("");
      case Only(var patterns) -> patterns.stream().map(SubjectPattern::prefix).distinct().toList();
    };
  }

  /** The names of all visible subjects; empty if a pattern matches more than one subject. */
  default Optional<Set<String>> names() {
    return this instanceof Only(var patterns)
            && patterns.stream().allMatch(SubjectPattern::isSingle)
        ? Optional.of(patterns.stream().map(SubjectPattern::toString).collect(toUnmodifiableSet()))
        : Optional.empty();
  }

  /** The subjects that at least one of them includes. */
  static Visibility union(List<Visibility> all) {
    var patterns = new ArrayList<SubjectPattern>();
    for (Visibility each : all) {
      switch (each) {
        case All everything -> {
          return everything;
        }
        case Only(var more) -> patterns.addAll(more);
      }
    }
    return new Only(patterns.stream().distinct().toList());
  }

  /** Every subject. */
  record All() implements Visibility {}

  /** The subjects that match at least one pattern; none if there is no pattern. */
  record Only(List<SubjectPattern> patterns) implements Visibility {}
}
