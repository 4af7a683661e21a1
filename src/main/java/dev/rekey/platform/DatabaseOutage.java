package dev.rekey.platform;

import java.sql.SQLException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.TransactionException;

/** The failures of a database that is unreachable, overloaded or read-only. */
public final class DatabaseOutage {

  private DatabaseOutage() {}

  /** Whether the same work may succeed later. False if PostgreSQL refused its data or its SQL. */
  public static boolean caused(Throwable failure) {
    return failure instanceof NonTransientDataAccessResourceException
        || failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        // Spring has no category for a read-only transaction (25006).
        || failure instanceof UncategorizedDataAccessException
        || failure instanceof TransactionException;
  }

  /** The class of the failure and PostgreSQL's code, without a message, which may quote data. */
  public static String describe(Throwable failure) {
    Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
    String name = failure.getClass().getSimpleName();
    return cause instanceof SQLException refused ? name + ", " + refused.getSQLState() : name;
  }
}
