package dev.rekey.access;

import jakarta.persistence.criteria.Predicate;
import java.util.List;
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

  /** Every subject. */
  record All() implements Visibility {}

  /** The subjects that match at least one pattern; none if there is no pattern. */
  record Only(List<SubjectPattern> patterns) implements Visibility {}
}
