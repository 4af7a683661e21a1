package dev.rekey.credential;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Searches the inventory of the upstreams that this version knows. */
@Component
class Inventory {

  private static final String ADVICE =
      "Ask for less at once: a filter such as upstream, subject, team or status, or a longer q.";

  /** How many are sorted rather than found in order. */
  private static final int FEW = 5_000;

  private static final String SAYING =
      "select c.id from credential c where " + InventoryFilter.SAYS_Q + " limit :few + 1";

  // Counted, since the planner's guess at how many begin so is now and then out by a hundred times.
  // Subjects are ASCII and hold no DEL, which ends the range of the index.
  private static final String BEGINNING =
      """
      select count(*) from (
        select from unnest(:starts) s (start) cross join lateral (
          select from credential c
          where c.subject ~>=~ s.start and c.subject ~<~ (s.start || chr(127))
          limit :few + 1) one
        limit :few + 1) few
      """;

  // What is common on the whole may be absent from one upstream, which is then read to its end. Who
  // does not find a page in order by then sorts all there is, as long as the limit allows.
  private static final Duration IN_ORDER = Duration.ofMillis(300);

  private final CredentialRepository rows;
  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Upstreams upstreams;
  private final int few;

  @Autowired
  Inventory(
      CredentialRepository rows, JdbcClient jdbc, BoundedQueries queries, Upstreams upstreams) {
    this(rows, jdbc, queries, upstreams, FEW);
  }

  /** For tests, which have few. */
  Inventory(
      CredentialRepository rows,
      JdbcClient jdbc,
      BoundedQueries queries,
      Upstreams upstreams,
      int few) {
    this.rows = rows;
    this.jdbc = jdbc;
    this.queries = queries;
    this.upstreams = upstreams;
    this.few = few;
  }

  /** A credential, and what it has in the field by which they are ordered. */
  record Entry(Credential credential, Cursor.Key key) {

    Cursor place() {
      return new Cursor(key, credential.id(), null);
    }
  }

  /**
   * Finds credentials.
   *
   * @param within only of subjects that are in all of these
   * @param after where the page before ended; null for the first page
   */
  List<Entry> find(
      InventoryFilter filter,
      InventoryOrder order,
      List<Visibility> within,
      @Nullable Cursor after,
      int limit) {
    List<String> where = upstreams(filter, within);
    if (where.isEmpty()) {
      return List.of();
    }
    List<UUID> saying = filter.q() == null ? null : saying(filter.q());
    boolean isNarrow = saying != null || isNarrow(filter, within);
    var search = new InventorySearch(filter, order, where, within, saying, isNarrow);
    Optional<List<Entry>> inOrder =
        isNarrow
            ? Optional.empty()
            : queries.tryRead(IN_ORDER, () -> entries(places(search, after, limit)));
    return inOrder.orElseGet(
        () -> queries.read(ADVICE, () -> entries(places(search.sorting(), after, limit))));
  }

  /** Those that can have what is wanted; the others would be looked through in vain. */
  private List<String> upstreams(InventoryFilter filter, List<Visibility> within) {
    var wanted = new ArrayList<>(upstreams.havingSubjects(filter.subjectStart()));
    if (filter.upstream() != null) {
      wanted.retainAll(List.of(filter.upstream()));
    }
    for (Visibility subjects : within) {
      wanted.retainAll(
          subjects.starts().stream()
              .flatMap(start -> upstreams.havingSubjects(start).stream())
              .toList());
    }
    return wanted;
  }

  private boolean isNarrow(InventoryFilter filter, List<Visibility> within) {
    return filter.isOfOneSubject()
        || within.stream().anyMatch(subjects -> subjects.names().isPresent())
        || areFew(List.of(filter.subjectStart()))
        || within.stream().map(Visibility::starts).anyMatch(this::areFew);
  }

  /** Whether few are of subjects that begin in any of these ways. */
  private boolean areFew(List<String> starts) {
    return !starts.contains("")
        && queries.read(
                ADVICE,
                () ->
                    jdbc.sql(BEGINNING)
                        .param("starts", starts.toArray(String[]::new))
                        .param("few", few)
                        .query(Long.class)
                        .single())
            <= few;
  }

  /** All that say it; null if these are too many. */
  private @Nullable List<UUID> saying(String q) {
    List<UUID> found =
        queries.read(
            ADVICE,
            () ->
                jdbc.sql(SAYING)
                    .param("q", InventoryFilter.like(q))
                    .param("few", few)
                    .query((row, _) -> row.getObject("id", UUID.class))
                    .list());
    return found.size() > few ? null : found;
  }

  private List<Entry> entries(List<Cursor> places) {
    Map<UUID, Credential> found =
        rows.findAllById(places.stream().map(Cursor::id).toList()).stream()
            .collect(toMap(Credential::id, identity()));
    return places.stream()
        .map(place -> new Entry(Objects.requireNonNull(found.get(place.id())), place.key()))
        .toList();
  }

  // First those that have something in the field, then those that have not: an index has the latter
  // at its end in one direction only.
  private List<Cursor> places(InventorySearch search, @Nullable Cursor after, int limit) {
    boolean isAmongLast = after != null && after.key() instanceof Cursor.Nothing;
    var places = new ArrayList<Cursor>();
    if (!isAmongLast) {
      places.addAll(select(search, havingOne(search, after), limit));
    }
    if (places.size() < limit) {
      Conditions last = havingNone(search, isAmongLast ? after : null);
      places.addAll(select(search, last, limit - places.size()));
    }
    return places;
  }

  private static Conditions havingOne(InventorySearch search, @Nullable Cursor after) {
    String column = search.column();
    return after == null
        ? search.conditions().and(column + " is not null")
        : search
            .conditions()
            .and("(%s, c.id) %s (:key, :id)".formatted(column, search.order().beyond()))
            .param("key", search.order().by().value(after.key()))
            .param("id", after.id());
  }

  private static Conditions havingNone(InventorySearch search, @Nullable Cursor after) {
    Conditions where = search.conditions().and(search.column() + " is null");
    return after == null
        ? where
        : where.and("c.id " + search.order().beyond() + " :id", "id", after.id());
  }

  private List<Cursor> select(InventorySearch search, Conditions where, int limit) {
    return jdbc.sql(search.sql(where))
        .params(where.params())
        .param("limit", limit)
        .query(
            (row, _) ->
                new Cursor(
                    search.order().by().key(row, "key"), row.getObject("id", UUID.class), null))
        .list();
  }
}
