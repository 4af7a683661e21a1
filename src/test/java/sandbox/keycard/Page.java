package sandbox.keycard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a numbered collection, newest first.
 *
 * @param first number of the first item; null if there are no items
 * @param last number of the last item; null if there are no items
 */
record Page<T>(
    List<T> items,
    boolean hasNext,
    boolean hasPrevious,
    @Nullable Long first,
    @Nullable Long last) {

  /** Selects a slice. At most one bound is given. */
  record Request(int limit, @Nullable Long after, @Nullable Long before) {}

  static <V, T> Page<T> of(
      NavigableMap<Long, V> numbered, Request request, Function<V, Optional<T>> view) {
    List<Long> numbers = numbers(numbered, request, view);
    List<T> items = numbers.stream().flatMap(n -> view(numbered, n, view).stream()).toList();
    if (numbers.isEmpty()) {
      return new Page<>(items, request.before() != null, request.after() != null, null, null);
    }
    Long first = numbers.getFirst();
    Long last = numbers.getLast();
    return new Page<>(
        items,
        any(numbered.headMap(last, false), view),
        any(numbered.tailMap(first, false), view),
        first,
        last);
  }

  private static <V, T> List<Long> numbers(
      NavigableMap<Long, V> numbered, Request request, Function<V, Optional<T>> view) {
    NavigableMap<Long, V> candidates =
        request.before() != null
            ? numbered.tailMap(request.before(), false)
            : request.after() != null
                ? numbered.headMap(request.after(), false).descendingMap()
                : numbered.descendingMap();
    var numbers = new ArrayList<Long>(request.limit());
    for (var entry : candidates.entrySet()) {
      if (numbers.size() == request.limit()) {
        break;
      }
      if (view.apply(entry.getValue()).isPresent()) {
        numbers.add(entry.getKey());
      }
    }
    if (request.before() != null) {
      Collections.reverse(numbers);
    }
    return numbers;
  }

  private static <V, T> Optional<T> view(
      NavigableMap<Long, V> numbered, Long number, Function<V, Optional<T>> view) {
    return Optional.ofNullable(numbered.get(number)).flatMap(view);
  }

  private static <V, T> boolean any(NavigableMap<Long, V> part, Function<V, Optional<T>> view) {
    return part.values().stream().anyMatch(value -> view.apply(value).isPresent());
  }
}
