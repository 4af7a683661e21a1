package dev.rekey.audit;

import dev.rekey.platform.ProblemException;
import dev.rekey.platform.ProblemType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Lets no read that a caller asks for keep the database busy for longer than five seconds. */
@Component
class BoundedQueries {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  // A plan for any value would not know which index a rare one wants, and compiling a plan takes
  // longer than to run it.
  private static final String SETTINGS =
      "set local plan_cache_mode = force_custom_plan; set local jit = off;"
          + " set local statement_timeout = ";

  private static final String QUERY_CANCELLED = "57014";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Duration limit;

  @Autowired
  BoundedQueries(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this(jdbc, transactions, LIMIT);
  }

  BoundedQueries(JdbcClient jdbc, PlatformTransactionManager transactions, Duration limit) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.transaction.setReadOnly(true);
    this.limit = limit;
  }

  /**
   * Runs queries in one read-only transaction; throws a {@code query-too-broad} problem if one of
   * them takes longer than the limit.
   */
  <T> T read(Supplier<T> queries) {
    long begun = System.nanoTime();
    try {
      return transaction.execute(
          _ -> {
            jdbc.sql(SETTINGS + limit.toMillis()).update();
            return queries.get();
          });
    } catch (DataAccessException e) {
      throw wasTooLong(e, Duration.ofNanos(System.nanoTime() - begun)) ? tooBroad() : e;
    }
  }

  // An operator may cancel a query too; which it was, PostgreSQL says in its own language only.
  private boolean wasTooLong(DataAccessException thrown, Duration taken) {
    return thrown.getMostSpecificCause() instanceof SQLException cause
        && QUERY_CANCELLED.equals(cause.getSQLState())
        && taken.compareTo(limit) >= 0;
  }

  private static ProblemException tooBroad() {
    return ProblemType.QUERY_TOO_BROAD
        .with(
            "This took longer than 5 s and was ended. Ask for less at once: a shorter time between"
                + " from and to, or a filter such as subject, credentialId or rotationId. The same"
                + " request will most likely take as long again.")
        .exception();
  }
}
