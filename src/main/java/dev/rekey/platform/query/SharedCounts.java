package dev.rekey.platform.query;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * Counts that callers with the same view share for five seconds, because dashboards ask for them
 * again and again.
 *
 * @param <V> what decides the counts, such as the visible subjects
 * @param <C> the counts
 */
public final class SharedCounts<V, C> {

  private static final Duration SHARED_FOR = Duration.ofSeconds(5);
  private static final int MAX_SHARED = 1_000;

  /** Counts, and when they were made. */
  private record Made<C>(Instant at, C counts) {}

  private final BoundedQueries queries;
  private final Clock clock;
  private final String advice;
  private final BiFunction<V, Instant, C> count;

  /** The counts of each view; empty if counting took too long. */
  private final AsyncCache<V, Optional<Made<C>>> shared =
      Caffeine.newBuilder().maximumSize(MAX_SHARED).expireAfterWrite(SHARED_FOR).buildAsync();

  /**
   * @param advice the advice of a {@code query-too-broad} problem
   * @param count counts for a view, as of a time, by queries that {@code queries} runs
   */
  public SharedCounts(
      BoundedQueries queries, Clock clock, String advice, BiFunction<V, Instant, C> count) {
    this.queries = queries;
    this.clock = clock;
    this.advice = advice;
    this.count = count;
  }

  /**
   * The response with the counts of a view, and with their age (RFC 9111, 5.1). Throws a {@code
   * query-too-broad} problem if counting takes too long.
   *
   * @param cacheControl the header {@code Cache-Control} of the request; {@code no-cache} counts
   *     anew, for the others too
   */
  public ResponseEntity<C> response(V view, @Nullable String cacheControl) {
    Made<C> made = orTooBroad(mustBeNew(cacheControl) ? anew(view) : recent(view));
    Duration age = Duration.between(made.at(), clock.instant());
    return ResponseEntity.ok()
        .header(HttpHeaders.AGE, Long.toString(Math.max(0, age.toSeconds())))
        .body(made.counts());
  }

  private static boolean mustBeNew(@Nullable String cacheControl) {
    return cacheControl != null
        && Arrays.stream(cacheControl.split(",", -1))
            .map(String::strip)
            .anyMatch("no-cache"::equalsIgnoreCase);
  }

  private Optional<Made<C>> recent(V view) {
    var mine = new CompletableFuture<Optional<Made<C>>>();
    var others = shared.asMap().putIfAbsent(view, mine);
    return others == null ? share(view, mine) : await(others);
  }

  private Optional<Made<C>> anew(V view) {
    Optional<Made<C>> made = make(view);
    shared.put(view, CompletableFuture.completedFuture(made));
    return made;
  }

  private Optional<Made<C>> share(V view, CompletableFuture<Optional<Made<C>>> counting) {
    try {
      Optional<Made<C>> made = make(view);
      counting.complete(made);
      return made;
    } catch (Throwable e) {
      // Others would wait for it for ever.
      shared.asMap().remove(view, counting);
      counting.completeExceptionally(e);
      throw e;
    }
  }

  private Optional<Made<C>> make(V view) {
    return queries.tryRead(
        () -> {
          Instant now = clock.instant();
          return new Made<>(now, count.apply(view, now));
        });
  }

  private static <T> T await(CompletableFuture<T> counting) {
    try {
      return counting.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  // A problem has the id of the caller's request, so callers do not share one.
  private Made<C> orTooBroad(Optional<Made<C>> made) {
    return BoundedQueries.orTooBroad(advice, made);
  }
}
