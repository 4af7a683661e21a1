package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlPart;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts credentials and rotations, in one query. Callers with the same view share the counts for a
 * few seconds, because dashboards ask for them again and again.
 */
@Component
public class Summaries {

  private static final Duration SHARED_FOR = Duration.ofSeconds(5);
  private static final int MAX_SHARED = 1_000;

  private static final String ADVICE =
      "Your grants cover too many subjects to be counted. For callers that see all subjects, Rekey"
          + " keeps the numbers.";

  /**
   * The numbers that a dashboard starts with.
   *
   * @param at when they were counted. Not part of the JSON, so that equal numbers are equal
   *     responses
   */
  public record Summary(
      @JsonIgnore Instant at, CredentialCounts credentials, RotationCounts rotations) {}

  /** Whose counts, and since when a rotation is one of today. */
  private record View(Visibility visibility, Instant today) {}

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Clock clock;

  /** The counts of each view; empty if counting took too long. */
  private final AsyncCache<View, Optional<Summary>> shared =
      Caffeine.newBuilder().maximumSize(MAX_SHARED).expireAfterWrite(SHARED_FOR).buildAsync();

  Summaries(JdbcClient jdbc, BoundedQueries queries, Clock clock) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.clock = clock;
  }

  /**
   * Counts, or returns what others counted in the last five seconds. Throws a {@code
   * query-too-broad} problem if counting takes too long.
   */
  Summary recent(Visibility visibility, Instant today) {
    var view = new View(visibility, today);
    var mine = new CompletableFuture<Optional<Summary>>();
    var others = shared.asMap().putIfAbsent(view, mine);
    return orTooBroad(others == null ? share(view, mine) : await(others));
  }

  /** Counts anew, and shares the result. Throws a problem like {@link #recent}. */
  Summary now(Visibility visibility, Instant today) {
    var view = new View(visibility, today);
    Optional<Summary> counted = count(view);
    shared.put(view, CompletableFuture.completedFuture(counted));
    return orTooBroad(counted);
  }

  private Optional<Summary> share(View view, CompletableFuture<Optional<Summary>> counting) {
    try {
      Optional<Summary> counted = count(view);
      counting.complete(counted);
      return counted;
    } catch (Throwable e) {
      // Others would wait for it for ever.
      shared.asMap().remove(view, counting);
      counting.completeExceptionally(e);
      throw e;
    }
  }

  private static Optional<Summary> await(CompletableFuture<Optional<Summary>> counting) {
    try {
      return counting.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  // A problem has the id of the caller's request, so callers do not share one.
  private static Summary orTooBroad(Optional<Summary> counted) {
    return BoundedQueries.orTooBroad(ADVICE, counted);
  }

  private Optional<Summary> count(View view) {
    return queries.tryRead(
        () -> {
          Instant now = clock.instant();
          SqlPart credentials = CredentialCounts.sql(view.visibility(), now);
          SqlPart rotations = RotationCounts.sql(view.visibility(), view.today());
          String sql =
              "select c.*, r.* from (%s) c, (%s) r".formatted(credentials.sql(), rotations.sql());
          return jdbc.sql(sql)
              .params(credentials.params())
              .params(rotations.params())
              .query(
                  (row, _) ->
                      new Summary(
                          now, CredentialCounts.read(row), RotationCounts.read(row, view.today())))
              .single();
        });
  }
}
