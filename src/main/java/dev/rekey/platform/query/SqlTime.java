package dev.rekey.platform.query;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Instants as the PostgreSQL driver takes and gives them for {@code timestamptz}. */
public final class SqlTime {

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private SqlTime() {}

  /** Whether it lies in the years 1970 to 9999, as all of ours do. */
  public static boolean isInRange(Instant time) {
    return !time.isBefore(Instant.EPOCH) && !time.isAfter(LATEST);
  }

  public static OffsetDateTime of(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Null if the column is. */
  public static @Nullable Instant instant(@Nullable Object column) {
    return column == null ? null : ((OffsetDateTime) column).toInstant();
  }
}
