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

  /**
   * Adds that the subject in a column of a query is in here.
   *
   * @param name of the parameters, with which no other may begin
   */
  default void addTo(Conditions where, String column, String name) {
    if (!(this instanceof Only(var patterns))) {
      return;
    }
    // Not "like any", for which no index is used.
    var alternatives = new ArrayList<String>();
    for (SubjectPattern pattern : patterns) {
      String each = name + alternatives.size();
      alternatives.add(column + " like :" + each);
      where.param(each, pattern.like());
    }
    where.and(alternatives.isEmpty() ? "false" : "(" + String.join(" or ", alternatives) + ")");
  }

  /** Whether what is about this subject, or about none if it is null, is in here. */
  default boolean includes(@Nullable String subject) {
    return switch (this) {
      case All() -> true;
      case Only(var patterns) ->
          subject != null && patterns.stream().anyMatch(pattern -> pattern.matches(subject));
    };
  }

  /** How the names of all subjects in here begin; empty texts if that may be anyhow. */
  default List<String> starts() {
    return switch (this) {
      case All() -> List.of("");
      case Only(var patterns) -> patterns.stream().map(SubjectPattern::start).distinct().toList();
    };
  }

  /** Every subject in here by its name; empty if a pattern stands for any number of them. */
  default Optional<Set<String>> names() {
    return this instanceof Only(var patterns)
            && patterns.stream().allMatch(SubjectPattern::isSingle)
        ? Optional.of(patterns.stream().map(SubjectPattern::toString).collect(toUnmodifiableSet()))
        : Optional.empty();
  }

  /** Every subject. */
  record All() implements Visibility {}

  /** The subjects that match at least one pattern; none if there is no pattern. */
  record Only(List<SubjectPattern> patterns) implements Visibility {}
}
