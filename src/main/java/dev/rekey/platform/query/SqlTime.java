package dev.rekey.platform.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Converts between instants and the PostgreSQL driver's type for {@code timestamptz}. */
public final class SqlTime {

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private SqlTime() {}

  /** Whether the time is null or in the years 1970 to 9999. */
  static boolean isInRange(@Nullable Instant time) {
    return time == null || (!time.isBefore(Instant.EPOCH) && !time.isAfter(LATEST));
  }

  public static OffsetDateTime of(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** A duration for {@code make_interval(secs => …)}; null for null. */
  public static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis() / 1000.0;
  }

  /** A column that is not null. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A column; null if the column is. */
  public static @Nullable Instant nullableInstant(ResultSet row, String column)
      throws SQLException {
    return nullableInstant(row, row.findColumn(column));
  }

  /** A column by its number, from 1; null if the column is. */
  public static @Nullable Instant nullableInstant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
