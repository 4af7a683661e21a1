package dev.rekey.audit.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditSearch;
import dev.rekey.audit.RandomEvents;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A follower that waits is served by Java, others by SQL. Both have to match the same events. */
class FilterIT extends RekeyIT {

  private static final int ALL = 100_000;

  @Autowired private AuditEvents events;
  @Autowired private Upstreams upstreams;
  @Autowired private JdbcClient jdbc;

  @Test
  void sqlAndJavaMatchTheSameEvents() {
    var random = new RandomEvents(17);
    Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(29));
    Duration span = Duration.ofHours(1);
    random.append(jdbc, 300, start, span, requestId);
    List<AuditEvent> all =
        events.find(
            new AuditSearch(AuditFilter.ALL, new TimeRange(start, start.plus(span)), null),
            new Visibility.All(),
            null,
            ALL);

    assertThat(all).hasSizeGreaterThanOrEqualTo(300);
    assertThat(Stream.generate(() -> following(random)).limit(300).toList())
        .allSatisfy(
            wanted -> {
              Instant from = random.one(List.of(start, random.within(start, span)));
              var time = new TimeRange(from, start.plus(span));
              assertThat(
                      ids(
                          events.find(
                              new AuditSearch(wanted.filter(), time, null),
                              wanted.visibility(),
                              null,
                              ALL)))
                  .isEqualTo(
                      ids(
                          all.stream()
                              .filter(event -> !event.occurredAt().isBefore(from))
                              .filter(wanted::wants)
                              .toList()));
            })
        .anySatisfy(wanted -> assertThat(all.stream().filter(wanted::wants)).hasSizeBetween(2, 50));
  }

  private static List<UUID> ids(List<AuditEvent> events) {
    return events.stream().map(AuditEvent::id).toList();
  }

  private Following following(RandomEvents random) {
    var query =
        new AuditQuery(
            values(random.oneOrNull(RandomEvents.TYPES, 2), random.one(RandomEvents.TYPES)),
            values(random.oneOrNull(List.of(AuditOutcome.values()), 2)),
            values(random.oneOrNull(RandomEvents.TEAMS, 2)),
            values(random.oneOrNull(RandomEvents.UPSTREAMS, 2)),
            values(subject(random)));
    var ofEvents = new EventQuery(values(random.oneOrNull(RandomEvents.TEAMS, 2)), null, null);
    return new Following(query.filter(upstreams).and(ofEvents.filter()), visibility(random), ALL);
  }

  private static @Nullable Values values(@Nullable Object first, Object... others) {
    return first == null
        ? null
        : new Values(
            Stream.concat(Stream.of(first), Stream.of(others)).map(Object::toString).toList());
  }

  private static @Nullable String subject(RandomEvents random) {
    return random.oneOrNull(
        Stream.concat(
                RandomEvents.SUBJECTS.stream(),
                Stream.of("apps/*", "apps/c_m/*", "apps/crm/connectors/okta*", "o*"))
            .toList(),
        2);
  }

  private static Visibility visibility(RandomEvents random) {
    return random.one(
        List.of(
            new Visibility.All(),
            new Visibility.Only(List.of()),
            new Visibility.Only(List.of(new SubjectPattern("apps/crm/connectors/*"))),
            new Visibility.Only(
                List.of(
                    new SubjectPattern("apps/c_m/connectors/okta"),
                    new SubjectPattern("organizations/*/service-accounts/*")))));
  }
}
