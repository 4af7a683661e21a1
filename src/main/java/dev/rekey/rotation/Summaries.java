package dev.rekey.rotation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlPart;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts credentials and rotations, in one query. Callers with the same view share the counts for a
 * few seconds, because dashboards ask for them again and again.
 */
@Component
class Summaries {

  private static final Duration SHARED_FOR = Duration.ofSeconds(5);
  private static final int MAX_SHARED = 1_000;

  private static final String ADVICE =
      "Your grants cover too many subjects to be counted. For callers that see all subjects, Rekey"
          + " keeps the numbers.";

  /**
   * The numbers that a dashboard starts with.
   *
   * @param at when they were counted
   */
  record Summary(Instant at, CredentialCounts credentials, RotationCounts rotations) {}

  /** Whose counts, and since when a rotation is one of today. */
  private record View(Visibility visibility, Instant today) {}

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Clock clock;
  private final AsyncCache<View, Summary> shared =
      Caffeine.newBuilder().maximumSize(MAX_SHARED).expireAfterWrite(SHARED_FOR).buildAsync();

  Summaries(JdbcClient jdbc, BoundedQueries queries, Clock clock) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.clock = clock;
  }

  /**
   * Counts, or returns counts that are at most 5 s old. Throws a {@code query-too-broad} problem if
   * counting takes too long.
   */
  Summary recent(Visibility visibility, Instant today) {
    var view = new View(visibility, today);
    var mine = new CompletableFuture<Summary>();
    var others = shared.asMap().putIfAbsent(view, mine);
    if (others == null) {
      return share(view, mine);
    }
    try {
      return others.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Summary share(View view, CompletableFuture<Summary> counting) {
    try {
      Summary counted = count(view.visibility(), view.today());
      counting.complete(counted);
      return counted;
    } catch (RuntimeException e) {
      shared.asMap().remove(view, counting);
      counting.completeExceptionally(e);
      throw e;
    }
  }

  /** Counts. Throws a {@code query-too-broad} problem if that takes too long. */
  Summary count(Visibility visibility, Instant today) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    SqlPart credentials = CredentialCounts.sql(visibility, now);
    SqlPart rotations = RotationCounts.sql(visibility, today);
    String sql = "select c.*, r.* from (" + credentials.sql() + ") c, (" + rotations.sql() + ") r";
    return queries.read(
        ADVICE,
        () ->
            jdbc.sql(sql)
                .params(credentials.params())
                .params(rotations.params())
                .query(
                    (row, _) ->
                        new Summary(
                            now, CredentialCounts.read(row), RotationCounts.read(row, today, now)))
                .single());
  }
}
