package dev.rekey.platform;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;

/**
 * Makes the pool replace a session at once that cannot write, or that PostgreSQL has ended. The
 * pool does so by itself after 08xxx, 57P01, 57P02 and 57P03.
 */
public final class UnusableSessions implements SQLExceptionOverride {

  private static final String READ_ONLY = "25006";

  /** A session ends with these too: timeouts in and outside a transaction, a dropped database. */
  private static final Set<String> ENDED = Set.of("25P03", "25P04", "57P04", "57P05");

  @java.lang.Override
  public Override adjudicate(SQLException thrown) {
    String state = thrown.getSQLState();
    return READ_ONLY.equals(state) || (state != null && ENDED.contains(state))
        ? Override.MUST_EVICT
        : Override.CONTINUE_EVICT;
  }
}
