package dev.rekey.console;

/**
 * The order of a list, for the headers of its columns.
 *
 * @param sort a field, with {@code -} in front for descending order; empty for the default
 */
record Sorting(PageUrl here, String sort) {

  private static final String DESCENDING = "-";

  /** The list in the order of a field; in the reverse order if it has that order already. */
  public String link(String field) {
    return here.with("sort", sort.equalsIgnoreCase(field) ? DESCENDING + field : field);
  }

  /** The value of {@code aria-sort} in the header of a field's column. */
  public String state(String field) {
    if (sort.equalsIgnoreCase(field)) {
      return "ascending";
    }
    return sort.equalsIgnoreCase(DESCENDING + field) ? "descending" : "none";
  }
}
