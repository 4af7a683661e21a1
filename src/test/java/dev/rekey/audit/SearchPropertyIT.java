package dev.rekey.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.RandomHistory.Event;
import dev.rekey.audit.RandomHistory.Wanted;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.Total;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.upstream.Upstreams;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The pages of a search have exactly the events that match, for random searches and callers, while
 * events are added. The total of a page counts the events of all pages.
 */
class SearchPropertyIT extends RekeyIT {

  private static final long SEED = 20261126;
  private static final int EVENTS = 3_000;
  private static final int SEARCHES = 150;

  private static final Comparator<Event> NEWEST_FIRST =
      Comparator.comparing(Event::at).thenComparing(event -> event.id().toString()).reversed();

  private static final Visibility ALL = new Visibility.All();
  private static final List<Visibility> VISIBLE =
      List.of(
          ALL,
          ALL,
          only(RandomHistory.SUBJECTS.get(0), RandomHistory.SUBJECTS.get(2)),
          only(RandomHistory.SUBJECTS.get(1), "organizations/acme/service-accounts/*"),
          only(RandomHistory.PREFIX + "connectors/one*"),
          only());

  @Autowired private AuditEvents events;
  @Autowired private Cursors cursors;
  @Autowired private Upstreams upstreams;
  @Autowired private JdbcClient jdbc;
  @Autowired private BoundedQueries queries;

  private final RandomHistory history = new RandomHistory(SEED);
  private final Map<UUID, Event> known = new HashMap<>();
  private int finished;
  private int unfinished;

  @Test
  void searchAgreesWithCheckingEveryEvent() throws SQLException {
    int shown = 0;
    try (Connection connection = postgres().connect(PostgresServer.SERVICE)) {
      add(connection, EVENTS);
      for (int i = 0; i < SEARCHES; i++) {
        Wanted wanted = history.wanted();
        AuditSearch search = wanted.search(upstreams);
        boolean isOverHttp = i % 3 == 0 && spansTime(wanted.byTime());
        Pages pages = isOverHttp ? this::overHttp : of(i % 3 == 1 ? events : withSmallBatches());
        Visibility visibility = isOverHttp ? ALL : history.one(VISIBLE);
        Set<UUID> old = Set.copyOf(known.keySet());
        List<UUID> expected =
            known.values().stream()
                .filter(event -> isWanted(event, wanted, visibility))
                .sorted(NEWEST_FIRST)
                .map(Event::id)
                .toList();

        List<UUID> found = search(connection, pages, search, visibility, expected.size());

        shown += found.size();
        String asked = i + ": " + wanted + " " + visibility;
        assertThat(found).as(asked).doesNotHaveDuplicates();
        assertThat(found.stream().filter(old::contains).toList()).as(asked).isEqualTo(expected);
        List<Event> all = found.stream().map(known::get).toList();
        assertThat(all)
            .as(asked)
            .isSortedAccordingTo(NEWEST_FIRST)
            .allMatch(event -> isWanted(event, wanted, visibility));
      }
    }
    // Searches without results would prove nothing.
    assertThat(shown).isGreaterThan(10_000);
    assertThat(unfinished).isLessThan(finished / 20);
  }

  // Most words are then rare, which the index of words finds.
  private AuditEvents withSmallBatches() {
    return new AuditEvents(jdbc, queries, new WordSearch(jdbc, 20));
  }

  // The API refuses other ranges.
  private static boolean spansTime(SearchQuery query) {
    return query.from() == null || query.to() == null || query.from().isBefore(query.to());
  }

  /** A way to read a page. */
  private interface Pages {

    Page page(AuditSearch search, Visibility visibility, @Nullable String cursor, int limit);
  }

  private record Page(List<UUID> ids, @Nullable String nextCursor, @Nullable Total total) {}

  /** Not for every page, to save time. */
  private static boolean isCounted(@Nullable String cursor, int limit) {
    return cursor == null || limit == 500;
  }

  private Pages of(AuditEvents events) {
    return (search, visibility, cursor, limit) -> {
      PageRequest page =
          cursors.page(
              new PageQuery(limit, cursor),
              new ViewQuery(null, isCounted(cursor, limit) ? "estimate" : null),
              List.of("pages", search.parameters()));
      Counted<AuditEvent> found = events.find(search, visibility, page);
      Slice<AuditEvent> slice = page.slice(found.rows(), AuditEvent::cursor);
      return new Page(
          slice.items().stream().map(AuditEvent::id).toList(), slice.nextCursor(), found.total());
    };
  }

  /** As a caller who sees all events. */
  private Page overHttp(
      AuditSearch search, Visibility visibility, @Nullable String cursor, int limit) {
    assertThat(visibility).isEqualTo(ALL);
    Answer answer =
        as("auditor")
            .get(
                "/api/v1/audit-events?"
                    + query(search, cursor)
                    + (isCounted(cursor, limit) ? "&total=estimate&limit=" : "&limit=")
                    + limit);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    String next = answer.text("/nextCursor");
    return new Page(
        answer
            .body()
            .at("/items")
            .valueStream()
            .map(event -> UUID.fromString(event.at("/id").asString()))
            .toList(),
        next.isEmpty() ? null : next,
        answer.body().has("total")
            ? new Total(
                answer.body().at("/total/count").asLong(),
                answer.body().at("/total/exact").asBoolean())
            : null);
  }

  private static String query(AuditSearch search, @Nullable String cursor) {
    var parts = new HashMap<>(search.parameters());
    if (cursor != null) {
      parts.put("cursor", cursor);
    }
    return parts.entrySet().stream()
        .flatMap(
            part ->
                Stream.of(part.getValue().split(",", -1))
                    .map(value -> part.getKey() + "=" + URLEncoder.encode(value, UTF_8)))
        .collect(Collectors.joining("&"));
  }

  /** Reads all pages, and adds events before and after the current position. */
  private List<UUID> search(
      Connection connection, Pages pages, AuditSearch search, Visibility visibility, int matches)
      throws SQLException {
    int limit = history.upTo(history.one(List.of(3, 40, 500)));
    var found = new ArrayList<UUID>();
    String cursor = null;
    int read = 0;
    do {
      Page page = pages.page(search, visibility, cursor, limit);
      if (page.total() != null) {
        assertTotal(page.total(), search, matches, read == 0);
      }
      found.addAll(page.ids());
      cursor = page.nextCursor();
      if (read < 3) {
        add(connection, history.upTo(3));
      }
      // A few small pages are enough.
      limit = ++read < 5 ? limit : 500;
    } while (cursor != null);
    return found;
  }

  /** After the first page, events may have been added to the matches. */
  private void assertTotal(Total total, AuditSearch search, int matches, boolean isFirstPage) {
    long bound = search.words() == null ? 10_000 : 1_000;
    long least = Math.min(matches, bound);
    if (!total.exact() && total.count() < bound) {
      // A loaded machine needs longer than a count may take.
      assertThat(total.count()).as("%s", search).isLessThanOrEqualTo(matches + 9L);
      unfinished++;
    } else {
      assertThat(total.count()).as("%s", search).isBetween(least, isFirstPage ? least : least + 9);
      assertThat(!isFirstPage || total.exact() == (matches <= bound)).as("%s", search).isTrue();
      finished++;
    }
  }

  private void add(Connection connection, int count) throws SQLException {
    List<Event> more = Stream.generate(history::event).limit(count).toList();
    history.insert(connection, more);
    more.forEach(event -> known.put(event.id(), event));
  }

  private static boolean isWanted(Event event, Wanted wanted, Visibility visibility) {
    return RandomHistory.fits(wanted, event) && sees(visibility, event.subject());
  }

  private static boolean sees(Visibility visibility, @Nullable String subject) {
    return switch (visibility) {
      case Visibility.All() -> true;
      case Visibility.Only(var patterns) ->
          subject != null
              && patterns.stream()
                  .map(SubjectPattern::toString)
                  .anyMatch(
                      pattern ->
                          pattern.endsWith("*")
                              ? subject.startsWith(pattern.substring(0, pattern.length() - 1))
                              : subject.equals(pattern));
    };
  }

  private static Visibility only(String... patterns) {
    return new Visibility.Only(Stream.of(patterns).map(SubjectPattern::new).toList());
  }
}
