package dev.rekey.audit.aggregate;

import java.util.Locale;

/** The forms of a response. */
enum Shape {
  /** One series for each group, with a count for each bucket. */
  COLUMNS,
  /** One row for each bucket and group. */
  ROWS,
  /** One row for each group. */
  TOTALS;

  /** The name in requests. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
