package dev.rekey.credential;

import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The order of a search: one field, then the id in the same direction. Rows with null come last in
 * both directions.
 */
record InventoryOrder(Field by, boolean descending) {

  private static final String DESCENDING = "-";
  private static final InventoryOrder NEWEST_FIRST = new InventoryOrder(Field.recordedAt, true);

  /** The fields of an order. The names are values of the {@code sort} parameter. */
  enum Field {
    recordedAt("recorded_at", true),
    createdAt("created_at", true),
    expiresAt("ends_at", true),
    lastUsedAt("last_used_at", true),
    subject("subject_order", false),
    displayName("name_order", false),
    /** Not a column of credentials, but computed. */
    nextRotationAt("at", true);

    private final String column;
    private final boolean isTime;

    Field(String column, boolean isTime) {
      this.column = column;
      this.isTime = isTime;
    }

    String column() {
      return column;
    }

    /** Reads the field from a column. */
    Cursor.Key key(ResultSet row, String name) throws SQLException {
      if (isTime) {
        Instant at = SqlTime.nullableInstant(row, name);
        return at == null ? new Cursor.Nothing() : new Cursor.Time(at);
      }
      String text = row.getString(name);
      return text == null ? new Cursor.Nothing() : new Cursor.Text(text);
    }

    /**
     * Returns the parameter for a comparison with the column. Throws an {@code invalid-cursor}
     * problem if the key is null or of another type.
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
   * Parses the {@code sort} parameter: a field's name, with {@code -} in front for descending
   * order. Null means the most recently recorded first.
   */
  static InventoryOrder parse(@Nullable String text) {
    if (text == null) {
      return NEWEST_FIRST;
    }
    boolean descending = text.startsWith(DESCENDING);
    String name = descending ? text.substring(1) : text;
    return Arrays.stream(Field.values())
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(field -> new InventoryOrder(field, descending))
        .findFirst()
        .orElseThrow(
            () ->
                QueryText.invalid(
                    "sort has to be one of %s, with - in front for descending order."
                        .formatted(List.of(Field.values()))));
  }

  boolean isByNextRotation() {
    return by == Field.nextRotationAt;
  }

  /** Returns the {@code order by} list of these columns. */
  String sql(String... columns) {
    return Arrays.stream(columns)
        .map(column -> descending ? column + " desc" : column)
        .collect(Collectors.joining(", "));
  }

  /** Returns the operator that compares later rows with earlier ones. */
  String beyond() {
    return descending ? "<" : ">";
  }

  @Override
  public String toString() {
    return (descending ? DESCENDING : "") + by;
  }
}
