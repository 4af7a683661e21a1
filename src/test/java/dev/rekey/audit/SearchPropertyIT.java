package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.RandomHistory.Event;
import dev.rekey.platform.Cursor;
import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What a search shows over all its pages is what looking at every event would, whatever it is for,
 * whoever asks, and while events are added.
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

  private final RandomHistory history = new RandomHistory(SEED);
  private final Map<UUID, Event> known = new HashMap<>();

  @Test
  void searchAgreesWithLookingAtEveryEvent() throws SQLException {
    int shown = 0;
    try (Connection connection = postgres().connect(PostgresServer.SERVICE)) {
      add(connection, EVENTS);
      for (int i = 0; i < SEARCHES; i++) {
        AuditFilter filter = history.filter();
        Visibility visibility = history.one(VISIBLE);
        Set<UUID> old = Set.copyOf(known.keySet());
        List<UUID> expected =
            known.values().stream()
                .filter(event -> isWanted(event, filter, visibility))
                .sorted(NEWEST_FIRST)
                .map(Event::id)
                .toList();

        List<UUID> found = search(connection, filter, visibility);

        shown += found.size();
        String search = i + ": " + filter + " " + visibility;
        assertThat(found).as(search).doesNotHaveDuplicates();
        assertThat(found.stream().filter(old::contains).toList()).as(search).isEqualTo(expected);
        List<Event> all = found.stream().map(known::get).toList();
        assertThat(all)
            .as(search)
            .isSortedAccordingTo(NEWEST_FIRST)
            .allMatch(event -> isWanted(event, filter, visibility));
      }
    }
    // Else it would have been easy to agree.
    assertThat(shown).isGreaterThan(10_000);
  }

  /** All pages, in whose midst events are added before and behind the place that was reached. */
  private List<UUID> search(Connection connection, AuditFilter filter, Visibility visibility)
      throws SQLException {
    int limit = history.upTo(history.one(List.of(3, 40, 500)));
    var found = new ArrayList<UUID>();
    Cursor after = null;
    int pages = 0;
    do {
      List<AuditEvent> page = events.find(filter, visibility, after, limit);
      page.forEach(event -> found.add(event.id()));
      after = page.size() < limit ? null : place(page.getLast(), filter);
      if (pages < 3) {
        add(connection, history.upTo(3));
      }
      // Small pages are worth a look, but not all of them.
      limit = ++pages < 5 ? limit : 500;
    } while (after != null);
    return found;
  }

  private static Cursor place(AuditEvent last, AuditFilter filter) {
    String sent = new Cursor(last.occurredAt(), last.id()).encode(filter.parts());
    return Cursor.decode(sent, filter.parts());
  }

  private void add(Connection connection, int count) throws SQLException {
    List<Event> more = Stream.generate(history::event).limit(count).toList();
    history.insert(connection, more);
    more.forEach(event -> known.put(event.id(), event));
  }

  private static boolean isWanted(Event event, AuditFilter filter, Visibility visibility) {
    return RandomHistory.fits(filter, event) && sees(visibility, event.subject());
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
    return new Visibility.Only(Stream.of(patterns).map(SubjectPattern::of).toList());
  }
}
