package dev.rekey.credential;

import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By what the inventory is ordered: one of its fields and, where rows are equal in that, by id the
 * same way. Rows that have nothing in the field stand at the end of either direction.
 */
record InventoryOrder(Field by, boolean descending) {

  private static final String DESCENDING = "-";
  private static final InventoryOrder NEWEST_FIRST = new InventoryOrder(Field.recordedAt, true);

  /** What there is an index for; the names are those of requests. */
  enum Field {
    recordedAt("recorded_at", true),
    createdAt("created_at", true),
    expiresAt("ends_at", true),
    lastUsedAt("last_used_at", true),
    subject("subject_order", false),
    displayName("name_order", false);

    private final String column;
    private final boolean isTime;

    Field(String column, boolean isTime) {
      this.column = column;
      this.isTime = isTime;
    }

    String column() {
      return column;
    }

    /** What a row has in a column that is this one. */
    Cursor.Key key(ResultSet row, String name) throws SQLException {
      if (isTime) {
        OffsetDateTime at = row.getObject(name, OffsetDateTime.class);
        return at == null ? new Cursor.Nothing() : new Cursor.Time(at.toInstant());
      }
      String text = row.getString(name);
      return text == null ? new Cursor.Nothing() : new Cursor.Text(text);
    }

    /**
     * As the driver takes it for a comparison with the column. Throws an {@code invalid-cursor}
     * problem if it is nothing, or of another order.
     */
    Object value(Cursor.Key key) {
      return switch (key) {
        case Cursor.Time(var at) when isTime -> SqlTime.of(at);
        case Cursor.Text(var text) when !isTime -> text;
        case Cursor.Time _, Cursor.Text _, Cursor.Nothing _ -> throw Cursor.invalid();
      };
    }
  }

  /**
   * Reads a field's name, with {@code -} in front for descending; latest recorded first if null.
   */
  static InventoryOrder parse(@Nullable String text) {
    if (text == null) {
      return NEWEST_FIRST;
    }
    boolean descending = text.startsWith(DESCENDING);
    String name = descending ? text.substring(1) : text;
    return Arrays.stream(Field.values())
        .filter(field -> field.name().equals(name))
        .map(field -> new InventoryOrder(field, descending))
        .findFirst()
        .orElseThrow(
            () ->
                QueryText.invalid(
                    "sort has to be one of "
                        + List.of(Field.values())
                        + ", with - in front for the other direction."));
  }

  /** An SQL ordering by these columns, all one way. */
  String sql(String... columns) {
    return Arrays.stream(columns)
        .map(column -> descending ? column + " desc" : column)
        .collect(Collectors.joining(", "));
  }

  /** The SQL comparison that what comes later passes. */
  String beyond() {
    return descending ? "<" : ">";
  }

  @Override
  public String toString() {
    return (descending ? DESCENDING : "") + by;
  }
}
