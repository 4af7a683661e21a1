package dev.rekey.audit;

import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.AuditSearch.Words;
import dev.rekey.platform.Ids;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.upstream.Upstreams;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.text.Normalizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Random events and random searches, and which of them match, computed without SQL. */
final class RandomHistory {

  static final String PREFIX = "apps/p_" + UUID.randomUUID() + "/";
  static final List<String> SUBJECTS =
      List.of(
          PREFIX + "connectors/one",
          PREFIX + "connectors/one-more",
          PREFIX + "connectors/two",
          PREFIX.replace('_', 'x') + "connectors/one",
          "organizations/acme/service-accounts/checkout");

  private static final int MOMENTS = 700;

  private static final List<String> TYPES =
      Arrays.stream(AuditType.values()).limit(6).map(AuditType::text).toList();
  private static final List<String> OUTCOMES =
      Arrays.stream(AuditOutcome.values()).map(AuditOutcome::text).toList();
  private static final List<String> TYPE_PATTERNS =
      Stream.concat(TYPES.stream(), Stream.of("access.*", "rotation.re*")).toList();
  private static final List<String> WANTED_OUTCOMES =
      Stream.concat(OUTCOMES.stream(), Stream.of("none")).toList();
  private static final List<String> ACTORS = List.of("ann", "Ann", "ben@example.org", "ci-bot_7");
  private static final List<String> TEAMS = List.of("payments", "search");
  private static final List<String> UPSTREAMS = List.of("keycard", "conductorone");
  private static final List<String> TEXTS =
      List.of(
          "timed out",
          "Timed-Out, again",
          "größe & maß",
          "gro\u0308ße und Maß",
          "line\nbreak \"quoted\" back\\slash",
          "it's 100%_sure:* | (a)",
          "x".repeat(300) + "yz",
          "null");
  private static final List<String> WORDS =
      List.of(
          "timed",
          "TIM",
          "out again",
          "größ",
          "GRO\u0308ß",
          "break",
          "nbreak",
          "quoted",
          "slash",
          "it's",
          "100%",
          "a",
          "x".repeat(199),
          "null",
          "rotation.req",
          "succ",
          "ann",
          "ben@example.org",
          "p_",
          "connectors/one",
          "checkout",
          "req-7",
          "zebra");

  // In a month that has a partition but no other events.
  private final Instant start =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(45, ChronoUnit.DAYS).plusSeconds(4711);
  private final Random random;
  private final JsonMapper json = JsonMapper.shared();
  private final List<UUID> ids = Stream.generate(Ids::next).limit(12).toList();

  RandomHistory(long seed) {
    this.random = new Random(seed);
  }

  record Event(
      UUID id,
      String type,
      Instant at,
      @Nullable String outcome,
      @Nullable String reason,
      String actor,
      @Nullable String team,
      @Nullable String upstream,
      @Nullable String subject,
      @Nullable UUID credential,
      @Nullable UUID rotation,
      @Nullable String request,
      List<AuditEvent.Change> changes) {

    private List<String> words() {
      var texts = new ArrayList<>(Arrays.asList(type, outcome, reason, actor, team, upstream));
      texts.addAll(Arrays.asList(subject, request));
      changes.forEach(change -> texts.addAll(List.of(change.field())));
      changes.forEach(change -> texts.addAll(Arrays.asList(change.from(), change.to())));
      return texts.stream().flatMap(RandomHistory::words).toList();
    }
  }

  Event event() {
    String subject = perhaps(SUBJECTS);
    return new Event(
        Ids.next(),
        one(TYPES),
        start.plus(random.nextInt(MOMENTS), ChronoUnit.MICROS),
        perhaps(OUTCOMES),
        perhaps(TEXTS),
        one(ACTORS),
        perhaps(TEAMS),
        perhaps(UPSTREAMS),
        subject,
        perhaps(ids),
        perhaps(ids),
        perhaps(List.of("req-7", "REQ-77", "other")),
        random.nextInt(3) > 0
            ? List.of()
            : List.of(new AuditEvent.Change("name", perhaps(TEXTS), perhaps(TEXTS))));
  }

  /** A random request. */
  record Wanted(AuditQuery query, EventQuery ofEvents, SearchQuery byTime) {

    AuditSearch search(Upstreams upstreams) {
      return new AuditSearch(
          query.filter(upstreams).and(ofEvents.filter()),
          new TimeRange(byTime.from(), byTime.to()),
          Words.of(byTime.q()));
    }
  }

  /** A request; a narrow one sometimes has no limit in time. */
  Wanted wanted() {
    Values credential = some(ids);
    Values rotation = some(ids);
    boolean isBounded = (credential == null && rotation == null) || random.nextBoolean();
    Instant from = start.plus(random.nextInt(MOMENTS / 2), ChronoUnit.MICROS);
    Instant to = start.plus(MOMENTS / 3 + random.nextInt(MOMENTS), ChronoUnit.MICROS);
    String subject = rarely(SUBJECTS);
    return new Wanted(
        new AuditQuery(
            oftenExcept(some(TYPE_PATTERNS)),
            oftenExcept(some(WANTED_OUTCOMES)),
            oftenExcept(some(TEAMS)),
            oftenExcept(some(UPSTREAMS)),
            subject == null ? null : oftenExcept(Values.of(subjects(subject)))),
        new EventQuery(oftenExcept(some(ACTORS)), credential, rotation),
        new SearchQuery(
            isBounded ? from : null,
            isBounded ? to : null,
            random.nextInt(3) == 0 ? one(WORDS) : null));
  }

  /** Whether the request asks for the event. */
  static boolean fits(Wanted wanted, Event event) {
    Instant from = wanted.byTime().from();
    Instant to = wanted.byTime().to();
    return (from == null || !event.at().isBefore(from))
        && (to == null || event.at().isBefore(to))
        && isOrStarts(wanted.query().type(), event.type())
        && is(wanted.query().outcome(), event.outcome())
        && is(wanted.ofEvents().actor(), event.actor())
        && is(wanted.query().team(), event.team())
        && is(wanted.query().upstream(), event.upstream())
        && isOrStarts(wanted.query().subject(), event.subject())
        && is(wanted.ofEvents().credentialId(), event.credential())
        && is(wanted.ofEvents().rotationId(), event.rotation())
        && hasWords(event, wanted.byTime().q());
  }

  private static boolean is(@Nullable Values wanted, @Nullable Object value) {
    return wanted == null
        || new WantedValues(wanted.sent(), false).include(value == null ? null : value.toString());
  }

  private static boolean isOrStarts(@Nullable Values wanted, @Nullable String text) {
    return wanted == null || (text != null && is(wanted, text));
  }

  private static boolean hasWords(Event event, @Nullable String q) {
    List<String> words = event.words();
    return q == null
        || words(q).allMatch(wanted -> words.stream().anyMatch(word -> word.startsWith(wanted)));
  }

  private static Stream<String> words(@Nullable String text) {
    if (text == null) {
      return Stream.empty();
    }
    String spaced =
        Normalizer.normalize(text, Normalizer.Form.NFC)
            .toLowerCase(Locale.ROOT)
            .chars()
            .mapToObj(c -> c < 128 && !Character.isLetterOrDigit(c) ? " " : "" + (char) c)
            .collect(Collectors.joining());
    return Arrays.stream(spaced.split(" ")).filter(word -> !word.isEmpty());
  }

  /** Appends events as the service does. */
  void insert(Connection connection, List<Event> events) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into audit_event (id, type, occurred_at, outcome, reason, actor_id, actor_team,"
                + " actor_kind, upstream, subject, credential_id, rotation_id, request_id, changes)"
                + " values (?, ?, ?, ?, ?, ?, ?, 'caller', ?, ?, ?, ?, ?, ?::jsonb)")) {
      for (Event event : events) {
        List<@Nullable Object> values =
            Arrays.asList(
                event.id(),
                event.type(),
                SqlTime.of(event.at()),
                event.outcome(),
                event.reason(),
                event.actor(),
                event.team(),
                event.upstream(),
                event.subject(),
                event.credential(),
                event.rotation(),
                event.request(),
                json.writeValueAsString(event.changes()));
        for (int i = 0; i < values.size(); i++) {
          insert.setObject(i + 1, values.get(i));
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  int upTo(int most) {
    return 1 + random.nextInt(most);
  }

  <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> @Nullable T perhaps(List<T> values) {
    return random.nextInt(4) == 0 ? null : one(values);
  }

  private <T> @Nullable T rarely(List<T> values) {
    return random.nextInt(6) == 0 ? one(values) : null;
  }

  /** One or two values. */
  private @Nullable Values some(List<?> values) {
    Object one = rarely(values);
    if (one == null || random.nextInt(3) > 0) {
      return one == null ? null : Values.of(one.toString());
    }
    return Values.of(one.toString(), one(values).toString());
  }

  /** Makes the first value an exception, or all of them. */
  private @Nullable Values oftenExcept(@Nullable Values values) {
    if (values == null || random.nextInt(3) == 0) {
      return values;
    }
    List<String> sent = values.sent();
    boolean all = random.nextBoolean() || sent.getFirst().equals(sent.getLast());
    return new Values(
        IntStream.range(0, sent.size())
            .mapToObj(i -> all || i == 0 ? "!" + sent.get(i) : sent.get(i))
            .toList());
  }

  /** One or two subjects, or prefixes. */
  private String[] subjects(String subject) {
    String first = random.nextBoolean() ? subject : cut(subject) + "*";
    return random.nextInt(3) > 0 ? new String[] {first} : new String[] {first, one(SUBJECTS)};
  }

  private String cut(String subject) {
    return subject.substring(0, subject.length() - random.nextInt(20));
  }
}
