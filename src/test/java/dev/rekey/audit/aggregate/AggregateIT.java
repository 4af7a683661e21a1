package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditSearch;
import dev.rekey.audit.AuditType;
import dev.rekey.audit.FilterField;
import dev.rekey.audit.FilterField.Form;
import dev.rekey.audit.RandomEvents;
import dev.rekey.audit.RandomFilter;
import dev.rekey.audit.ScratchHistory;
import dev.rekey.audit.aggregate.Buckets.Ends;
import dev.rekey.audit.aggregate.CountsTable.Item;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Upstreams;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Counts over time, by hourly counts and by events, while the sealer runs. */
class AggregateIT extends RekeyIT {

  private static final String AGGREGATE = "/api/v1/audit-events/aggregate";
  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "+05:45");
  private static final List<List<Dimension>> GROUPS =
      List.of(
          List.of(),
          List.of(Dimension.type),
          List.of(Dimension.team, Dimension.outcome),
          List.of(Dimension.upstream, Dimension.type),
          List.of(Dimension.subject),
          List.of(Dimension.actor),
          List.of(Dimension.subject, Dimension.outcome),
          List.of(Dimension.actor, Dimension.subject));
  private static final Set<Form> NAMES = Set.of(Form.EXCEPT);
  private static final List<FilterField> FIELDS =
      List.of(
          new FilterField(
              "type",
              RandomEvents.TYPES.stream().map(AuditType::text).toList(),
              Set.of(Form.EXCEPT, Form.PREFIX, Form.ANY_CASE, Form.COMMAS)),
          new FilterField(
              "outcome",
              Arrays.stream(AuditOutcome.values()).map(AuditOutcome::text).toList(),
              Set.of(Form.values())),
          new FilterField("team", RandomEvents.TEAMS, NAMES),
          new FilterField(
              "upstream", RandomEvents.UPSTREAMS, Set.of(Form.EXCEPT, Form.ANY_CASE, Form.COMMAS)),
          new FilterField(
              "subject", RandomEvents.SUBJECTS, Set.of(Form.EXCEPT, Form.PREFIX, Form.COMMAS)));

  private static final Set<String> OF_PAYMENTS =
      Set.of("apps/crm/connectors/okta", "organizations/acme/service-accounts/checkout");
  private static final Visibility PAYMENTS =
      new Visibility.Only(OF_PAYMENTS.stream().map(SubjectPattern::new).toList());

  @Autowired private AuditEvents events;
  @Autowired private Upstreams upstreams;
  @Autowired private JdbcClient jdbc;

  @Test
  void countsAgreeWithCountingByHand() {
    var random = new RandomEvents(4);
    var seeded = new Random(4);
    Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(40));
    Duration span = Duration.ofDays(6);
    random.append(jdbc, 400, start, span, requestId);
    awaitAllSealed();
    List<AuditEvent> all = everything(events, start, start.plus(span));
    int chosen = 0;

    for (int i = 0; i < 60; i++) {
      Instant begin = random.within(start, span.dividedBy(2));
      Instant to = random.within(begin.plusSeconds(1), Duration.between(begin, start.plus(span)));
      boolean whole = random.one(List.of(true, false));
      Instant from = whole ? begin.truncatedTo(ChronoUnit.HOURS) : begin;
      RandomFilter filter = RandomFilter.of(FIELDS, 3, seeded);
      List<Dimension> groupBy = random.one(GROUPS);
      Integer top = groupBy.isEmpty() ? null : random.oneOrNull(List.of(1, 2, 3, 50), 2);
      String bucket = random.one(List.of("5m", "15m", "1h", "1d", "1w", "auto"));
      String zone = random.one(ZONES);
      Shape shape = random.one(List.of(Shape.values()));
      String path =
          path(new TimeRange(from, to), filter, bucket, zone, groupBy, top) + "&shape=" + shape;
      String size = LocalClock.size(bucket, from, to, ZoneId.of(zone));
      List<Instant> starts = LocalClock.starts(size, from, to, ZoneId.of(zone));
      for (String client : List.of("auditor", "payments")) {
        List<Item> items =
            all.stream()
                .filter(event -> !event.occurredAt().isBefore(from))
                .filter(event -> event.occurredAt().isBefore(to))
                .filter(event -> client.equals("auditor") || isOfPayments(event))
                .filter(event -> includes(filter, event))
                .map(event -> item(event, groupBy))
                .toList();
        chosen += items.size();

        Answer answer = as(client).get(path);

        assertThat(CountsTable.read(answer))
            .as("%s %s", client, path)
            .isEqualTo(
                CountsTable.count(items, shape == Shape.TOTALS ? null : starts, top(top, groupBy)));
        assertThat(answer.body().path("total").asLong()).isEqualTo(items.size());
        assertThat(answer.text("/bucket")).isEqualTo(size);
        if (shape == Shape.COLUMNS) {
          assertThat(times(answer.body().path("buckets"))).isEqualTo(starts);
        } else {
          CountsTable.assertSame(as(client).with("Accept", "text/csv").get(path), answer);
        }
      }
    }
    // Charts without events would prove nothing.
    assertThat(chosen).isGreaterThan(2_000);
  }

  private static boolean isOfPayments(AuditEvent event) {
    return event.subject() != null && OF_PAYMENTS.contains(event.subject());
  }

  private static boolean includes(RandomFilter filter, AuditEvent event) {
    return filter.includes(name -> value(Dimension.valueOf(name), event));
  }

  private static Item item(AuditEvent event, List<Dimension> groupBy) {
    return new Item(event.occurredAt(), key(groupBy, event), null);
  }

  /** In both directions, by whole hours, by half an hour, and at midnight. */
  @Test
  void countsAgreeWhenClocksChange() {
    var changes =
        new TreeMap<>(
            Map.of(
                "Europe/Berlin", List.of("2026-03-29", "2026-10-25"),
                "America/New_York", List.of("2026-03-08", "2026-11-01"),
                "Australia/Lord_Howe", List.of("2026-04-05", "2026-10-04"),
                "America/Santiago", List.of("2026-04-04", "2026-09-06"),
                // Midnight comes twice in autumn.
                "America/Havana", List.of("2026-03-08", "2026-11-01")));
    var random = new RandomEvents(9);
    var seeded = new Random(9);
    try (var history = new ScratchHistory(postgres())) {
      changes.values().stream()
          .flatMap(List::stream)
          .distinct()
          .map(LocalDate::parse)
          .forEach(
              day -> {
                history.createMonth(day.minusDays(2));
                history.createMonth(day.plusDays(2));
                Instant start = day.atStartOfDay(ZoneOffset.UTC).minusHours(36).toInstant();
                random.append(history.jdbc(), 200, start, Duration.ofHours(84), requestId);
              });
      history.countByHour();
      changes.forEach(
          (zone, days) ->
              days.forEach(day -> checkWhenClocksChange(history, zone, day, random, seeded)));
    }
  }

  private void checkWhenClocksChange(
      ScratchHistory history, String zone, String day, RandomEvents random, Random seeded) {
    ZoneId there = ZoneId.of(zone);
    Instant midnight = LocalDate.parse(day).atStartOfDay(there).toInstant();
    assertThat(LocalDate.parse(day).plusDays(1).atStartOfDay(there).toInstant())
        .isNotEqualTo(midnight.plus(1, ChronoUnit.DAYS));
    var aggregates =
        new Aggregates(
            history.jdbc(),
            history.queries(),
            (_, _, _) -> {
              throw new AssertionError("no rotations are counted");
            });
    Instant from = random.within(midnight.minus(Duration.ofHours(20)), Duration.ofHours(10));
    Instant to = random.within(midnight.plus(Duration.ofHours(25)), Duration.ofHours(10));
    List<AuditEvent> all = everything(history.events(), from, to);
    assertThat(all).hasSizeGreaterThan(50);
    int chosen = 0;
    for (BucketSize size : BucketSize.values()) {
      List<Instant> starts = LocalClock.starts(size.toString(), from, to, there);
      for (List<Dimension> groupBy : GROUPS) {
        RandomFilter filter = RandomFilter.of(FIELDS, 4, seeded);
        boolean isAuditor = seeded.nextInt(4) > 0;
        Shape shape = random.one(List.of(Shape.COLUMNS, Shape.ROWS));
        Buckets buckets = Buckets.of(new Ends(from, to, from), List.of(size), there);
        Integer top = top(null, groupBy);

        Counts counts =
            aggregates.events(
                new Question(Countable.EVENTS, shape, buckets, groupBy, top),
                query(filter).filter(upstreams),
                isAuditor ? new Visibility.All() : PAYMENTS);

        List<Item> items =
            all.stream()
                .filter(event -> isAuditor || isOfPayments(event))
                .filter(event -> includes(filter, event))
                .map(event -> item(event, groupBy))
                .toList();
        chosen += items.size();
        assertThat(CountsTable.read(JsonMapper.shared().valueToTree(counts)))
            .as("%s %s %s %s %s", zone, day, size, groupBy, filter)
            .isEqualTo(CountsTable.count(items, starts, top));
        assertThat(counts.buckets()).isEqualTo(shape == Shape.COLUMNS ? starts : null);
      }
    }
    assertThat(chosen).isGreaterThan(500);
  }

  private static AuditQuery query(RandomFilter filter) {
    return new AuditQuery(
        filter.values("type"),
        filter.values("outcome"),
        filter.values("team"),
        filter.values("upstream"),
        filter.values("subject"));
  }

  private static @Nullable Integer top(@Nullable Integer top, List<Dimension> groupBy) {
    return top == null && groupBy.stream().anyMatch(Dimension::hasManyValues)
        ? Integer.valueOf(10)
        : top;
  }

  private static List<AuditEvent> everything(AuditEvents history, Instant from, Instant to) {
    return history.find(
        new AuditSearch(AuditFilter.ALL, new TimeRange(from, to), null),
        new Visibility.All(),
        null,
        100_000);
  }

  @Test
  void eachShapeHasItsMembers() {
    as("payments").post(ROTATE, OKTA);
    awaitAllSealed();

    assertThat(members("?groupBy=outcome&bucket=1d"))
        .containsExactly(
            "from", "to", "bucket", "timeZone", "groupBy", "total", "buckets", "series");
    Answer rows = as("auditor").get(AGGREGATE + "?groupBy=outcome&bucket=1d&shape=rows");
    assertThat(rows.body().propertyNames())
        .containsExactly("from", "to", "bucket", "timeZone", "groupBy", "total", "rows");
    assertThat(rows.body().path("rows").valueStream())
        .isNotEmpty()
        .allSatisfy(
            row -> assertThat(row.propertyNames()).containsExactly("time", "outcome", "count"));
    assertThat(rows.body().path("rows").valueStream())
        .anySatisfy(row -> assertThat(row.path("outcome").isNull()).isTrue());
    Answer totals = as("auditor").get(AGGREGATE + "?shape=totals");
    assertThat(totals.body().at("/rows/0").propertyNames()).containsExactly("count");
    assertThat(totals.body().path("rows")).hasSize(1);
    assertThat(totals.body().at("/rows/0/count")).isEqualTo(totals.body().path("total"));
  }

  private List<String> members(String parameters) {
    return List.copyOf(as("auditor").get(AGGREGATE + parameters).body().propertyNames());
  }

  /** The largest groups are first, and the rest is last. */
  @Test
  void restIsMarkedAndKeepsTheTotal() {
    Instant at = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(30));
    for (String actor : List.of("a", "b", "b", "b", "c", "c", "d", "=e")) {
      insert(actor, null, at);
    }
    awaitAllSealed();
    String path =
        AGGREGATE + "?groupBy=actor&top=2&from=" + at + "&to=" + at.plus(Duration.ofHours(2));

    JsonNode series = as("auditor").get(path).body().path("series");
    JsonNode rows = as("auditor").get(path + "&shape=totals").body().path("rows");
    Answer csv = as("auditor").get(path + "&shape=totals&format=csv");
    Answer all = as("auditor").get(path.replace("top=2", "top=50") + "&format=csv");

    assertThat(series.toString())
        .isEqualTo(
            """
            [{"key":["b"],"total":3,"counts":[3,0]},{"key":["c"],"total":2,"counts":[2,0]},\
            {"key":[null],"total":3,"counts":[3,0],"rest":true}]\
            """);
    assertThat(rows.toString())
        .isEqualTo(
            """
            [{"actor":"b","count":3},{"actor":"c","count":2},{"actor":null,"count":3,"rest":true}]\
            """);
    assertThat(csv.raw().body()).isEqualTo("actor,count,rest\r\nb,3,\r\nc,2,\r\n\"\",3,true\r\n");
    assertThat(all.raw().body()).startsWith("time,actor,count,rest\r\n").contains(",'=e,1,\r\n");
  }

  /** The sealer's counts by subject leave out events without a subject. */
  @Test
  void eventsWithoutASubjectAreAGroup() {
    Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(33));
    for (int i = 0; i < 3; i++) {
      insert("a", null, day.plus(Duration.ofMinutes(61 + i)));
    }
    insert("a", OKTA_SUBJECT, day.plus(Duration.ofMinutes(62)));
    insert("a", "apps/crm/connectors/github", day.plus(Duration.ofMinutes(150)));
    awaitAllSealed();
    String path = "?groupBy=subject&bucket=1d&from=" + day + "&to=" + day.plus(Duration.ofDays(1));

    assertThat(as("auditor").get(AGGREGATE + path + "&shape=totals").body().path("rows").toString())
        .isEqualTo(
            """
            [{"subject":null,"count":3},{"subject":"apps/crm/connectors/github","count":1},\
            {"subject":"apps/crm/connectors/okta","count":1}]\
            """);
    assertThat(as("payments").get(AGGREGATE + path).body().path("series").toString())
        .isEqualTo(
            """
            [{"key":["apps/crm/connectors/okta"],"total":1,"counts":[1]}]\
            """);
  }

  @Test
  void requestsInTheSameBucketHaveTheSameBody() {
    as("payments").post(ROTATE, OKTA);
    awaitAllSealed();

    for (String parameters : List.of("bucket=1d", "bucket=1w&shape=rows", "bucket=1d&format=csv")) {
      Answer first = as("auditor").get(AGGREGATE + "?groupBy=type&" + parameters);
      Answer second = as("auditor").get(AGGREGATE + "?groupBy=type&" + parameters);

      assertThat(second.raw().body()).isEqualTo(first.raw().body());
    }
  }

  @Test
  void totalsHaveNoLimitOfBuckets() {
    String long5m = "?bucket=5m&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z";

    assertThat(as("auditor").get(AGGREGATE + long5m).status()).isEqualTo(400);
    assertThat(as("auditor").get(AGGREGATE + long5m + "&shape=totals").status()).isEqualTo(200);
  }

  @Test
  void acceptHeaderAsksForCsv() {
    Http csv = as("auditor").with("Accept", "text/csv");

    Answer answer = csv.get(AGGREGATE + "?groupBy=outcome,team");
    Answer refused = csv.get(AGGREGATE + "?shape=columns");

    assertThat(answer.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    assertThat(answer.raw().headers().allValues("Vary"))
        .flatMap(value -> List.of(value.toLowerCase(Locale.ROOT).split(",", -1)))
        .contains("accept");
    assertThat(answer.raw().body()).startsWith("time,outcome,team,count\r\n");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(csv.get(AGGREGATE + "?format=json").header("Content-Type"))
        .isEqualTo("application/json");
  }

  @Test
  void everySeriesHasACountForEveryBucket() {
    Answer answer = as("auditor").get(AGGREGATE + "?groupBy=type,outcome&bucket=5m");

    int buckets = answer.body().path("buckets").size();
    assertThat(buckets).isEqualTo(289);
    assertThat(answer.body().path("series").valueStream())
        .allSatisfy(
            series -> {
              assertThat(series.path("counts")).hasSize(buckets);
              assertThat(series.path("key")).hasSize(2);
            });
  }

  @Test
  void defaultIsTheCurrentHourAndThe24BeforeInUtc() {
    as("search").post(ROTATE, OKTA);
    awaitAllSealed();

    Answer answer = as("auditor").get(AGGREGATE);

    assertThat(answer.body().path("buckets")).hasSize(25);
    assertThat(answer.text("/bucket")).isEqualTo("1h");
    assertThat(answer.text("/timeZone")).isEqualTo("UTC");
    assertThat(answer.body().path("series")).hasSize(1);
    assertThat(answer.body().at("/series/0/key")).isEmpty();
    assertThat(answer.body().at("/series/0/total").asLong()).isPositive();
  }

  @Test
  void callerWithoutGrantsGetsZeros() {
    Answer answer = as("search").get(AGGREGATE + "?subject=apps/crm/connectors/okta");

    assertThat(answer.body().at("/series/0/total").asLong()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bucket=7m | bucket has to be one of [5m, 15m, 1h, 1d, 1w, auto].",
        "shape=wide | shape has to be one of [columns, rows, totals].",
        "format=xml | format has to be one of [json, csv].",
        "format=csv&shape=columns | CSV has rows: send shape=rows, shape=totals or no shape.",
        "series=credentials | series has to be one of [events, rotations].",
        "series=rotations&type=rotation.requested | Rotations have no type",
        "series=rotations&groupBy=type | Rotations have no type",
        "series=rotations&outcome=denied | outcome has to be one or more of [PENDING, SUCCEEDED,",
        "outcome=PENDING | outcome has to be one or more of [succeeded,",
        "series=rotations&upstream=github | upstream has to be one or more of [",
        "top=3 | top needs groupBy",
        "groupBy=actor&top=0 | top has to be 1 to 50.",
        "groupBy=actor&top=51 | top has to be 1 to 50.",
        "groupBy=actor&top=all | top has to be a whole number.",
        "timeZone=Mars/Olympus | timeZone has to be",
        "groupBy=credentialId | groupBy has to be one or two different names of [type, outcome,",
        "groupBy=type,type | groupBy has to be one or two",
        "groupBy=type&groupBy=team | groupBy may be given once.",
        "groupBy=type,outcome,team | groupBy has to be one or two",
        "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z | from has to be before to.",
        "from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z&bucket=5m | These are more than 2500",
        "from=1970-01-01T00:00:00Z | These are more than 2500 buckets.",
        "from=1970-01-01T00:00:00Z&bucket=auto | These are more than 2500 buckets.",
        "to=1970-01-01T00:00:00Z | from and to have to lie in the years 1970 to 9999."
      })
  void malformedParametersAreRefused(String parameters, String detail) {
    Answer answer = as("auditor").get(AGGREGATE + "?" + parameters);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(answer.text("/detail")).startsWith(detail);
  }

  private void insert(String actor, @Nullable String subject, Instant at) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, subject, request_id)"
            + " values (test_uuidv7(), 'access.denied', ?::timestamptz, ?, 'caller', ?, ?)",
        at.toString(),
        actor,
        subject,
        requestId);
  }

  private static String path(
      TimeRange time,
      RandomFilter filter,
      String bucket,
      String zone,
      List<Dimension> groupBy,
      @Nullable Integer top) {
    String path =
        AGGREGATE
            + "?from="
            + time.from()
            + "&to="
            + time.to()
            + "&bucket="
            + bucket
            + "&timeZone="
            + URLEncoder.encode(zone, StandardCharsets.UTF_8)
            + filter.parameters();
    if (top != null) {
      path += "&top=" + top;
    }
    return groupBy.isEmpty()
        ? path
        : path
            + "&groupBy="
            + groupBy.stream().map(Dimension::name).collect(Collectors.joining(","));
  }

  private static List<Instant> times(JsonNode array) {
    return array.valueStream().map(each -> Instant.parse(each.asString())).toList();
  }

  private static List<@Nullable String> key(List<Dimension> groupBy, AuditEvent event) {
    return groupBy.stream().<@Nullable String>map(dimension -> value(dimension, event)).toList();
  }

  private static @Nullable String value(Dimension dimension, AuditEvent event) {
    return switch (dimension) {
      case type -> event.type().text();
      case outcome -> event.outcome() == null ? null : event.outcome().text();
      case team -> event.actor().team();
      case upstream -> event.upstream();
      case actor -> event.actor().id();
      case subject -> event.subject();
    };
  }
}
