package dev.rekey.rotation;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads columns that several tables of this package have. */
final class Rows {

  private Rows() {}

  /** The subject in the columns {@code upstream} and {@code subject}. */
  static Subject subject(ResultSet row) throws SQLException {
    return new Subject(new UpstreamName(row.getString("upstream")), row.getString("subject"));
  }

  /** The time in a column that is never null. */
  static Instant time(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(timeOrNull(row, column));
  }

  static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    return SqlTime.instant(row.getObject(column, OffsetDateTime.class));
  }
}
