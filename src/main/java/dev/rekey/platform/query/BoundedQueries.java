package dev.rekey.platform.query;

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

/** Runs the reads of callers with a time limit of five seconds for each query. */
@Component
public class BoundedQueries {

  private static final Duration MAX_TIME = Duration.ofSeconds(5);

  /** When PostgreSQL plans a query. */
  public enum Planning {
    /** Each time, because the values decide which index is right. */
    FOR_VALUES("force_custom_plan"),
    /**
     * Once on each connection, because one index is right for all values. Saves most of the time.
     */
    ONCE("force_generic_plan");

    /** The parameter of {@link #limit}. */
    public static final String LIMIT = "limit";

    private final String mode;

    Planning(String mode) {
      this.mode = mode;
    }

    private String mode() {
      return "set local plan_cache_mode = " + mode + "; ";
    }

    // Repeatable read: all queries of a read see the same data. No JIT: compiling takes longer than
    // running. With less memory, a bitmap of a frequent word would be lossy, and all rows of its
    // pages would be checked.
    private String settings() {
      return "set transaction isolation level repeatable read; "
          + mode()
          + "set local jit = off; set local work_mem = '16MB'; ";
    }

    /**
     * Returns the limit of a query: the number, or the parameter {@link #LIMIT}. A plan that is
     * kept needs the number, because it does not know a parameter's value.
     */
    public String limit(int rows) {
      return this == ONCE ? Integer.toString(rows) : ":" + LIMIT;
    }
  }

  private static final String TIMEOUT = "set local statement_timeout = ";

  /** As long as the pool waits for a connection. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  private static final String QUERY_CANCELLED = "57014";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Duration limit;
  // Broad searches leave connections for changes.
  private final Semaphore slots;

  @Autowired
  BoundedQueries(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      @Value("${spring.datasource.hikari.maximum-pool-size}") int connections) {
    this(jdbc, transactions, MAX_TIME, connections);
  }

  /** For tests. Reads use a part of the pool, which has {@code connections}. */
  public BoundedQueries(
      JdbcClient jdbc, PlatformTransactionManager transactions, Duration limit, int connections) {
    this.slots = new Semaphore(Math.max(1, connections * 6 / 10));
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setReadOnly(true);
    this.limit = limit;
  }

  /**
   * Runs queries in one read-only transaction. If one takes longer than the limit, throws a {@code
   * query-too-broad} problem with a sentence of advice how to narrow the request.
   */
  public <T> T read(String advice, Supplier<T> queries) {
    return read(Planning.FOR_VALUES, advice, queries);
  }

  /** Same, with another planning. */
  public <T> T read(Planning planning, String advice, Supplier<T> queries) {
    return orTooBroad(advice, tryRead(planning, limit, _ -> queries.get()));
  }

  /**
   * Like {@link #read}; the queries get a call that limits the next one to the rest of the time.
   */
  public <T> T readWithin(String advice, Function<Runnable, T> queries) {
    return orTooBroad(advice, tryRead(Planning.FOR_VALUES, limit, queries));
  }

  /**
   * Runs queries in one read-only transaction. Returns empty if one takes longer than the limit.
   */
  public <T> Optional<T> tryRead(Supplier<T> queries) {
    return tryRead(Planning.FOR_VALUES, limit, queries);
  }

  /** Returns what {@link #tryRead(Supplier)} found, or throws the problem of {@link #read}. */
  public static <T> T orTooBroad(String advice, Optional<T> found) {
    return found.orElseThrow(
        () ->
            ProblemType.QUERY_TOO_BROAD.with(
                "The query took longer than 5 s and was cancelled. "
                    + advice
                    + " The same request will probably take as long again."));
  }

  /** Like {@link #read}, but returns empty if a query takes longer than the given limit. */
  public <T> Optional<T> tryRead(Planning planning, Duration within, Supplier<T> queries) {
    return tryRead(planning, within, _ -> queries.get());
  }

  private <T> Optional<T> tryRead(
      Planning planning, Duration within, Function<Runnable, T> queries) {
    awaitSlot();
    long started = System.nanoTime();
    try {
      return Optional.of(
          transaction.execute(
              _ -> {
                jdbc.sql(planning.settings() + TIMEOUT + within.toMillis()).update();
                return queries.apply(() -> limitNext(started, within));
              }));
    } catch (OutOfTime e) {
      return Optional.empty();
    } catch (DataAccessException e) {
      if (wasTooLong(e, within, Duration.ofNanos(System.nanoTime() - started))) {
        return Optional.empty();
      }
      throw e;
    } finally {
      slots.release();
    }
  }

  /**
   * Within a read, runs further queries with a separate time limit; they get a call that limits the
   * next one to the rest of the time. Returns empty if they take longer. The read goes on.
   */
  <T> Optional<T> tryPart(Duration within, Function<Runnable, T> queries) {
    long started = System.nanoTime();
    jdbc.sql("savepoint part; " + Planning.FOR_VALUES.mode() + TIMEOUT + within.toMillis())
        .update();
    Optional<T> found;
    try {
      found = Optional.of(queries.apply(() -> limitNext(started, within)));
    } catch (OutOfTime e) {
      found = Optional.empty();
    } catch (DataAccessException e) {
      if (!wasCancelled(e)) {
        throw e;
      }
      found = Optional.empty();
    }
    // The rollback restores the settings of the read, too.
    jdbc.sql("rollback to savepoint part").update();
    return found;
  }

  /** Limits the next query to the rest of the time; ends the read if nothing is left. */
  private void limitNext(long started, Duration within) {
    long left = within.minusNanos(System.nanoTime() - started).toMillis();
    if (left <= 0) {
      throw new OutOfTime();
    }
    jdbc.sql(TIMEOUT + left).update();
  }

  @SuppressWarnings("serial") // never leaves this class
  private static final class OutOfTime extends RuntimeException {}

  private void awaitSlot() {
    try {
      if (!slots.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CannotGetJdbcConnectionException("too many reads at the same time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotGetJdbcConnectionException("interrupted");
    }
  }

  // An operator can cancel a query too; PostgreSQL tells them apart only by a localized message.
  private static boolean wasTooLong(DataAccessException thrown, Duration limit, Duration taken) {
    return wasCancelled(thrown) && taken.compareTo(limit) >= 0;
  }

  private static boolean wasCancelled(DataAccessException thrown) {
    return thrown.getMostSpecificCause() instanceof SQLException cause
        && QUERY_CANCELLED.equals(cause.getSQLState());
  }
}
