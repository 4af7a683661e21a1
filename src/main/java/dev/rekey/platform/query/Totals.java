package dev.rekey.platform.query;

import dev.rekey.platform.query.Cursors.PageRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Counts what a search finds, up to a bound and for a short time. All methods have to be called
 * within the read of the page, so that the total and the page agree.
 */
public final class Totals {

  private static final int BOUND = 10_000;
  private static final Duration LIMIT = Duration.ofMillis(300);

  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  public Totals(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
  }

  /**
   * Counts the rows of a table that match if the page's request asks for that.
   *
   * @param table with its alias
   * @param all the conditions of the search, without the position of the page
   */
  public <T> Counted<T> count(PageRequest page, List<T> rows, String table, Conditions all) {
    String matches = "select from " + table + " where " + all.sql() + " limit :bound";
    return count(
        page,
        rows,
        BOUND,
        _ ->
            jdbc.sql("select count(*) from (" + matches + ") m")
                .params(all.params())
                .param("bound", BOUND + 1)
                .query(Integer.class)
                .single());
  }

  /**
   * Same, with another way to count.
   *
   * @param matches counts up to one more than the bound; gets a call that limits its next query to
   *     the rest of the time
   */
  public <T> Counted<T> count(
      PageRequest page, List<T> rows, int bound, Function<Runnable, Integer> matches) {
    if (!page.isCounted()) {
      return new Counted<>(rows, null);
    }
    if (page.after() == null && rows.size() < page.rows()) {
      return new Counted<>(rows, new Total(rows.size(), true));
    }
    Total total =
        queries
            .tryPart(LIMIT, matches)
            .map(counted -> Total.of(counted, bound))
            .orElse(new Total(rows.size(), false));
    return new Counted<>(rows, total);
  }
}
