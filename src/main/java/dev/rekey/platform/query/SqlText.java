package dev.rekey.platform.query;

import java.sql.Types;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;

/** Text parameters that may be null. */
public final class SqlText {

  private SqlText() {}

  /**
   * A parameter with its type. PostgreSQL's driver would send a null without one, and PostgreSQL
   * would prepare the statement anew whenever a parameter is null after it was not, or the other
   * way round.
   */
  public static SqlParameterValue of(@Nullable String text) {
    return new SqlParameterValue(Types.VARCHAR, text);
  }
}
