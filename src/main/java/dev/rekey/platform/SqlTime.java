package dev.rekey.platform;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Instants as the PostgreSQL driver takes and gives them for {@code timestamptz}. */
public final class SqlTime {

  private SqlTime() {}

  public static OffsetDateTime of(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Null if the column is. */
  public static @Nullable Instant instant(@Nullable Object column) {
    return column == null ? null : ((OffsetDateTime) column).toInstant();
  }
}
