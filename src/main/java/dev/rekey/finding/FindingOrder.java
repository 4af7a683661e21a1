package dev.rekey.finding;

import dev.rekey.platform.query.QueryText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The order of a search: one time of the finding, then the id in the same direction. */
record FindingOrder(Field by, boolean descending) {

  private static final String DESCENDING = "-";

  /** The fields of an order. The names are values of the {@code sort} parameter. */
  enum Field {
    openedAt("f.opened_at"),
    since("f.since");

    private final String column;

    Field(String column) {
      this.column = column;
    }

    String column() {
      return column;
    }
  }

  /**
   * Reads the {@code sort} parameter, in which a {@code -} in front means descending. Null means
   * the latest opened first.
   */
  static FindingOrder parse(@Nullable String text) {
    if (text == null) {
      return new FindingOrder(Field.openedAt, true);
    }
    boolean descending = text.startsWith(DESCENDING);
    String name = descending ? text.substring(1) : text;
    for (Field field : Field.values()) {
      if (field.name().equalsIgnoreCase(name)) {
        return new FindingOrder(field, descending);
      }
    }
    throw QueryText.invalid(
        "sort has to be one of %s, with - in front for descending order."
            .formatted(List.of(Field.values())));
  }

  String sql() {
    String direction = descending ? " desc" : "";
    return by.column() + direction + ", f.id" + direction;
  }

  /** The operator that compares later rows with earlier ones. */
  String beyond() {
    return descending ? "<" : ">";
  }

  @Override
  public String toString() {
    return (descending ? DESCENDING : "") + by;
  }
}
