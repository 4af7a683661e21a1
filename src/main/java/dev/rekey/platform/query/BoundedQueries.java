package dev.rekey.platform.query;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets no read that a caller asks for keep the database busy for longer than five seconds. */
@Component
public class BoundedQueries {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  // All queries of a read see the same. A plan for any value would not know which index a rare one
  // wants, and compiling a plan takes longer than to run it. In less memory, an index would give
  // pages instead of events where a word is not rare, and all of them would be looked at.
  private static final String SETTINGS =
      "set transaction isolation level repeatable read;"
          + " set local plan_cache_mode = force_custom_plan; set local jit = off;"
          + " set local work_mem = '16MB'; ";

  private static final String TIMEOUT = "set local statement_timeout = ";

  /** As long as one waits for a connection. */
  private static final Duration TURN = Duration.ofSeconds(3);

  private static final String QUERY_CANCELLED = "57014";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Duration limit;
  // So that broad searches leave connections to those who change something.
  private final Semaphore atOnce;

  @Autowired
  BoundedQueries(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      @Value("${spring.datasource.hikari.maximum-pool-size}") int connections) {
    this(jdbc, transactions, LIMIT, connections);
  }

  /**
   * Others than Spring's, for tests.
   *
   * @param limit how long one query may take
   * @param connections how many there are, of which some are left to those who change something
   */
  public BoundedQueries(
      JdbcClient jdbc, PlatformTransactionManager transactions, Duration limit, int connections) {
    this.atOnce = new Semaphore(Math.max(1, connections * 6 / 10));
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setReadOnly(true);
    this.limit = limit;
  }

  /**
   * Runs queries in one read-only transaction; throws a {@code query-too-broad} problem if one of
   * them takes longer than the limit.
   *
   * @param advice by what a caller can ask for less, as a sentence
   */
  public <T> T read(String advice, Supplier<T> queries) {
    return readWithin(advice, _ -> queries.get());
  }

  /** As {@link #read}, for queries that share the limit as far as they say so. */
  public <T> T readWithin(String advice, Function<TimeLeft, T> queries) {
    return tryRead(limit, queries).orElseThrow(() -> tooBroad(advice));
  }

  /** The same for what can be found in another way; empty if one takes longer than this. */
  public <T> Optional<T> tryRead(Duration within, Supplier<T> queries) {
    return tryRead(within, _ -> queries.get());
  }

  private <T> Optional<T> tryRead(Duration within, Function<TimeLeft, T> queries) {
    awaitTurn();
    long begun = System.nanoTime();
    try {
      return Optional.of(
          transaction.execute(
              _ -> {
                jdbc.sql(SETTINGS + TIMEOUT + within.toMillis()).update();
                return queries.apply(new TimeLeft(begun, within));
              }));
    } catch (OutOfTime e) {
      return Optional.empty();
    } catch (DataAccessException e) {
      if (wasTooLong(e, within, Duration.ofNanos(System.nanoTime() - begun))) {
        return Optional.empty();
      }
      throw e;
    } finally {
      atOnce.release();
    }
  }

  /** What a read has not used yet of the time that it may take. */
  public final class TimeLeft {

    private final long begun;
    private final Duration all;

    private TimeLeft(long begun, Duration all) {
      this.begun = begun;
      this.all = all;
    }

    /** Lets the next query take no longer than that; ends the read if nothing is left. */
    public void limitNext() {
      long left = all.minusNanos(System.nanoTime() - begun).toMillis();
      if (left <= 0) {
        throw new OutOfTime();
      }
      jdbc.sql(TIMEOUT + left).update();
    }
  }

  @SuppressWarnings("serial") // does not leave this class
  private static final class OutOfTime extends RuntimeException {}

  private void awaitTurn() {
    try {
      if (!atOnce.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CannotGetJdbcConnectionException("too many read at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotGetJdbcConnectionException("interrupted");
    }
  }

  // An operator may cancel a query too; which it was, PostgreSQL says in its own language only.
  private static boolean wasTooLong(DataAccessException thrown, Duration limit, Duration taken) {
    return thrown.getMostSpecificCause() instanceof SQLException cause
        && QUERY_CANCELLED.equals(cause.getSQLState())
        && taken.compareTo(limit) >= 0;
  }

  private static ProblemException tooBroad(String advice) {
    return ProblemType.QUERY_TOO_BROAD
        .with(
            "This took longer than 5 s and was ended. "
                + advice
                + " The same request will most likely take as long again.")
        .exception();
  }
}
