package dev.rekey.access;

import static java.util.stream.Collectors.toUnmodifiableSet;

import jakarta.persistence.criteria.Predicate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.domain.Specification;

/** Which subjects a caller may read. */
public sealed interface Visibility {

  /** The rows of an entity with a {@code subject} that are about subjects in here. */
  default <T> Specification<T> rows() {
    return switch (this) {
      case All() -> Specification.unrestricted();
      case Only(var patterns) ->
          (row, _, build) ->
              build.or(
                  patterns.stream()
                      .map(SubjectPattern::like)
                      .map(like -> build.like(row.get("subject"), like, '\\'))
                      .toArray(Predicate[]::new));
    };
  }

  /** Whether what is about this subject, or about none if it is null, is in here. */
  default boolean includes(@Nullable String subject) {
    return switch (this) {
      case All() -> true;
      case Only(var patterns) ->
          subject != null && patterns.stream().anyMatch(pattern -> pattern.matches(subject));
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
