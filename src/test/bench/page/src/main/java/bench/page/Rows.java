package bench.page;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Reads columns, and makes pages. */
final class Rows {

  private static final int LIMIT = 50;

  private Rows() {}

  /** One page of a list. */
  record Page<T>(List<T> items, String nextCursor) {}

  static Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static <T> Page<T> page(List<T> found, Function<T, String> position) {
    if (found.size() <= LIMIT) {
      return new Page<>(found, null);
    }
    List<T> items = found.subList(0, LIMIT);
    byte[] last = position.apply(items.getLast()).getBytes();
    return new Page<>(items, Base64.getUrlEncoder().withoutPadding().encodeToString(last));
  }
}
