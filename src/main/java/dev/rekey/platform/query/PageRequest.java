package dev.rekey.platform.query;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A checked request for one page of a list. */
public final class PageRequest {

  private final Cursors cursors;
  private final List<? extends @Nullable Object> list;
  private final @Nullable Cursor after;
  private final int limit;

  PageRequest(
      Cursors cursors, List<? extends @Nullable Object> list, @Nullable Cursor after, int limit) {
    this.cursors = cursors;
    this.list = list;
    this.after = after;
    this.limit = limit;
  }

  /** The last row of the previous page; null for the first page. */
  public @Nullable Cursor after() {
    return after;
  }

  /** The number of rows to read: one more than the page has, which shows whether there is more. */
  public int rows() {
    return limit + 1;
  }

  /** Cuts the page from up to {@link #rows} rows. */
  public <T> Slice<T> slice(List<T> rows, Function<T, Cursor> position) {
    if (rows.size() <= limit) {
      return new Slice<>(List.copyOf(rows), null);
    }
    List<T> items = List.copyOf(rows.subList(0, limit));
    return new Slice<>(items, cursors.encode(position.apply(items.getLast()), list));
  }
}
