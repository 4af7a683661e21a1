package dev.rekey.credential;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Totals;
import dev.rekey.policy.NextRotation;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Searches the inventory of the configured upstreams. */
@Component
class Inventory {

  private static final String ADVICE =
      "Narrow the search: add a filter such as upstream, subject, team or status, or a longer q.";

  /** Up to this number the matches are sorted; more are read in the order of an index. */
  private static final int FEW = 5_000;

  // Counted, because the planner's estimate for a prefix can be wrong by a factor of a hundred.
  // Subjects are ASCII without DEL, so chr(127) ends the range of a prefix.
  private static final String COUNT_BY_PREFIX =
      """
      select count(*) from (
        select from unnest(:prefixes) p (prefix) cross join lateral (
          select from credential c
          where c.subject ~>=~ p.prefix and c.subject ~<~ (p.prefix || chr(127))
          limit :few + 1) one
        limit :few + 1) few
      """;

  // A value that is common overall may be absent from one upstream, whose index is then read to its
  // end. After this time all matches are sorted instead.
  private static final Duration MAX_IN_ORDER = Duration.ofMillis(300);

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Upstreams upstreams;
  private final NextRotations rotations;
  private final Totals totals;
  private final int few;

  @Autowired
  Inventory(JdbcClient jdbc, BoundedQueries queries, Upstreams upstreams, NextRotations rotations) {
    this(jdbc, queries, upstreams, rotations, FEW);
  }

  /** For tests, which need another limit. */
  Inventory(
      JdbcClient jdbc,
      BoundedQueries queries,
      Upstreams upstreams,
      NextRotations rotations,
      int few) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.upstreams = upstreams;
    this.rotations = rotations;
    this.totals = new Totals(jdbc, queries);
    this.few = few;
  }

  /** A credential, and its value of the field that orders the search. */
  record Entry(Credential credential, Cursor.Key key) {

    /** The position of this entry in a search at a time; null if the time does not matter. */
    Cursor cursor(@Nullable Instant at) {
      return new Cursor(key, credential.id(), at);
    }
  }

  /**
   * Finds the credentials after a position, null for the first page. All restrictions {@code
   * within} apply. Throws a problem if the search takes too long.
   */
  List<Entry> find(
      InventoryFilter filter,
      InventoryOrder order,
      List<Visibility> within,
      @Nullable Cursor after,
      int limit) {
    return read(filter, order, within, search -> entries(search, after, limit)).orElse(List.of());
  }

  /** Same, for a page, with the total. */
  Counted<Entry> find(
      InventoryFilter filter, InventoryOrder order, List<Visibility> within, PageRequest page) {
    return read(
            filter,
            order,
            within,
            search ->
                totals.count(
                    page,
                    entries(search, page.after(), page.rows()),
                    InventorySearch.TABLE,
                    search.allConditions()))
        .orElseGet(page::nothing);
  }

  /** Reads the result of a search in one transaction; empty if nothing can match. */
  private <T> Optional<T> read(
      InventoryFilter filter,
      InventoryOrder order,
      List<Visibility> within,
      Function<InventorySearch, T> result) {
    List<String> where = upstreams(filter, within);
    if (where.isEmpty() || filter.possibleStatuses().isEmpty()) {
      return Optional.empty();
    }
    List<UUID> matching = filter.q() == null ? null : matching(filter.q());
    boolean isNarrow = matching != null || filter.rotation().isNarrow() || isNarrow(filter, within);
    Map<UUID, NextRotation> next =
        filter.needsSchedule(order) ? rotations.all(filter.now()) : Map.of();
    var search =
        new InventorySearch(filter, order, where, within, matching, rotations, next, isNarrow);
    Optional<T> inOrder =
        isNarrow
            ? Optional.empty()
            : queries.tryRead(search.planning(), MAX_IN_ORDER, () -> result.apply(search));
    return inOrder.or(
        () -> Optional.of(queries.read(ADVICE, () -> result.apply(search.sorting()))));
  }

  /** Returns the upstreams that can have matches, so that no others are searched. */
  private List<String> upstreams(InventoryFilter filter, List<Visibility> within) {
    var wanted = new ArrayList<>(upstreams.names());
    wanted.retainAll(havingSubjects(filter.subjectPrefixes()));
    if (!filter.upstreams().isEmpty()) {
      wanted.retainAll(filter.upstreams());
    }
    for (Visibility subjects : within) {
      wanted.retainAll(havingSubjects(subjects.prefixes()));
    }
    return wanted;
  }

  private List<String> havingSubjects(List<String> prefixes) {
    return prefixes.stream().flatMap(start -> upstreams.havingSubjects(start).stream()).toList();
  }

  private boolean isNarrow(InventoryFilter filter, List<Visibility> within) {
    return filter.isOfWholeSubjects()
        || within.stream().anyMatch(subjects -> subjects.names().isPresent())
        || areFew(filter.subjectPrefixes())
        || within.stream().map(Visibility::prefixes).anyMatch(this::areFew);
  }

  /** Returns true if few credentials have a subject with one of these prefixes. */
  private boolean areFew(List<String> prefixes) {
    var params = Map.of("prefixes", prefixes.toArray(String[]::new), "few", few);
    var count = jdbc.sql(COUNT_BY_PREFIX).params(params).query(Long.class);
    return !prefixes.contains("") && queries.read(ADVICE, count::single) <= few;
  }

  /** Returns the ids of all credentials that match {@code q}; null if there are too many. */
  private @Nullable List<UUID> matching(String q) {
    Conditions where = InventoryFilter.containing(q, new Conditions()).param("few", few);
    var matches =
        jdbc.sql("select c.id from credential c where " + where.sql() + " limit :few + 1")
            .params(where.params())
            .query((row, _) -> row.getObject("id", UUID.class));
    List<UUID> found = queries.read(ADVICE, matches::list);
    return found.size() > few ? null : found;
  }

  // Rows with a value first, then rows with null: an index has nulls last in one direction only.
  private List<Entry> entries(InventorySearch search, @Nullable Cursor after, int limit) {
    boolean isAmongNulls = after != null && after.key() instanceof Cursor.Nothing;
    var entries = new ArrayList<Entry>();
    if (!isAmongNulls) {
      entries.addAll(select(search, withValue(search, after), true, limit));
    }
    if (entries.size() < limit) {
      Conditions nulls = withNull(search, isAmongNulls ? after : null);
      entries.addAll(select(search, nulls, false, limit - entries.size()));
    }
    return entries;
  }

  private static Conditions withValue(InventorySearch search, @Nullable Cursor after) {
    String column = search.column();
    return after == null
        ? search.conditions(true).and(column + " is not null")
        : search
            .conditions(true)
            .and("(%s, c.id) %s (:key, :id)".formatted(column, search.order().beyond()))
            .param("key", search.order().by().value(after.key()))
            .param("id", after.id());
  }

  private static Conditions withNull(InventorySearch search, @Nullable Cursor after) {
    Conditions where = search.conditions(false).and(search.hasNoKey());
    return after == null
        ? where
        : where.and("c.id " + search.order().beyond() + " :id", "id", after.id());
  }

  private List<Entry> select(InventorySearch search, Conditions where, boolean hasKey, int limit) {
    return jdbc.sql(search.sql(where, hasKey, limit))
        .params(where.params())
        .param(BoundedQueries.Planning.LIMIT, limit)
        .query((row, _) -> new Entry(CredentialRow.read(row), search.order().by().key(row, "key")))
        .list();
  }
}
