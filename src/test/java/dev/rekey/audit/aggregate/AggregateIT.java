package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditSearch;
import dev.rekey.audit.AuditType;
import dev.rekey.audit.RandomEvents;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Upstreams;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Counts over time, by hourly counts and by events, while the sealer runs. */
class AggregateIT extends RekeyIT {

  private static final String AGGREGATE = "/api/v1/audit-events/aggregate";
  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "+05:45");
  private static final Visibility PAYMENTS =
      new Visibility.Only(
          List.of(
              new SubjectPattern("apps/crm/connectors/okta"),
              new SubjectPattern("organizations/acme/service-accounts/checkout")));

  @Autowired private AuditEvents events;
  @Autowired private Upstreams upstreams;
  @Autowired private JdbcClient jdbc;

  /** One series: its key, and the count of each bucket that has events, by the bucket's index. */
  private record Line(List<@Nullable String> key, Map<Integer, Long> counts) {}

  @Test
  void countsAgreeWithCountingByHand() {
    var random = new RandomEvents(4);
    Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(40));
    Duration span = Duration.ofDays(6);
    random.append(jdbc, 400, start, span, requestId);
    awaitSealed();
    List<AuditEvent> all =
        events.find(
            new AuditSearch(AuditFilter.ALL, new TimeRange(start, start.plus(span)), null),
            new Visibility.All(),
            null,
            100_000);

    for (int i = 0; i < 60; i++) {
      Instant begin = random.within(start, span.dividedBy(2));
      Instant to = random.within(begin.plusSeconds(1), Duration.between(begin, start.plus(span)));
      boolean whole = random.one(List.of(true, false));
      Instant from = whole ? begin.truncatedTo(ChronoUnit.HOURS) : begin;
      String subject = random.oneOrNull(List.of("apps/*", RandomEvents.SUBJECTS.getFirst()), 2);
      AuditType type = random.oneOrNull(RandomEvents.TYPES, 2);
      List<Dimension> groupBy =
          random.one(
              List.of(
                  List.of(),
                  List.of(Dimension.type),
                  List.of(Dimension.team, Dimension.outcome),
                  List.of(Dimension.upstream, Dimension.type)));
      String size = random.one(List.of("5m", "1h", "1d"));
      String zone = random.one(ZONES);
      var time = new TimeRange(from, to);
      var query =
          new AuditQuery(
              type == null ? null : Values.of(type.text(), random.one(RandomEvents.TYPES).text()),
              null,
              null,
              null,
              subject == null ? null : Values.of(subject));
      AuditFilter filter = query.filter(upstreams);
      for (String client : List.of("auditor", "payments")) {
        var visibility = client.equals("auditor") ? new Visibility.All() : PAYMENTS;

        Answer answer = as(client).get(path(time, query, size, zone, groupBy));

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        List<Instant> starts =
            answer
                .body()
                .path("buckets")
                .valueStream()
                .map(bucket -> Instant.parse(bucket.asString()))
                .toList();
        assertThat(starts)
            .isEqualTo(BucketSize.of(size).starts(from, to, ZoneId.of(zone), Buckets.MAX_BUCKETS));
        assertThat(lines(answer))
            .as("%s %s %s %s %s", client, size, zone, groupBy, query)
            .containsExactlyInAnyOrderElementsOf(
                byHand(
                    all.stream()
                        .filter(event -> !event.occurredAt().isBefore(from))
                        .filter(event -> event.occurredAt().isBefore(to))
                        .filter(event -> visibility.includes(event.subject()))
                        .filter(filter::matches)
                        .toList(),
                    starts,
                    groupBy));
      }
    }
  }

  @Test
  void everySeriesHasACountForEveryBucket() {
    Answer answer = as("auditor").get(AGGREGATE + "?groupBy=type,outcome&bucket=5m");

    int buckets = answer.body().path("buckets").size();
    assertThat(buckets).isBetween(288, 289);
    assertThat(answer.body().path("series").valueStream())
        .allSatisfy(
            series -> {
              assertThat(series.path("counts")).hasSize(buckets);
              assertThat(series.path("key")).hasSize(2);
            });
  }

  @Test
  void defaultIsTheLast24HoursInUtcByTheHour() {
    as("search").post(ROTATE, OKTA);

    Answer answer = as("auditor").get(AGGREGATE);

    assertThat(answer.body().path("buckets")).hasSizeBetween(24, 25);
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
  @ValueSource(
      strings = {
        "bucket=7m",
        "timeZone=Mars/Olympus",
        "groupBy=actor",
        "groupBy=type,type",
        "groupBy=type&groupBy=team",
        "groupBy=type,outcome,team",
        "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z&bucket=5m",
        "from=1970-01-01T00:00:00Z",
        "to=1970-01-01T00:00:00Z"
      })
  void malformedParametersAreRefused(String parameters) {
    Answer answer = as("auditor").get(AGGREGATE + "?" + parameters);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
  }

  private void awaitSealed() {
    await()
        .until(
            () ->
                query(
                        "select 1 from audit_event e where request_id = ? and not exists"
                            + " (select from audit_seal s where s.event_id = e.id)",
                        requestId)
                    .isEmpty());
  }

  private static String path(
      TimeRange time, AuditQuery query, String size, String zone, List<Dimension> groupBy) {
    String path =
        AGGREGATE
            + "?from="
            + time.from()
            + "&to="
            + time.to()
            + "&bucket="
            + size
            + "&timeZone="
            + URLEncoder.encode(zone, StandardCharsets.UTF_8);
    if (query.type() != null) {
      path += "&type=" + query.type();
    }
    if (query.subject() != null) {
      path += "&subject=" + query.subject();
    }
    return groupBy.isEmpty()
        ? path
        : path
            + "&groupBy="
            + groupBy.stream().map(Dimension::name).collect(Collectors.joining(","));
  }

  private static List<Line> lines(Answer answer) {
    var lines = new ArrayList<Line>();
    for (JsonNode series : answer.body().path("series")) {
      var key = new ArrayList<@Nullable String>();
      series.path("key").forEach(part -> key.add(part.isNull() ? null : part.asString()));
      var counts = new HashMap<Integer, Long>();
      long total = 0;
      for (int i = 0; i < series.path("counts").size(); i++) {
        long count = series.path("counts").path(i).asLong();
        total += count;
        if (count > 0) {
          counts.put(i, count);
        }
      }
      assertThat(series.path("total").asLong()).isEqualTo(total);
      lines.add(new Line(key, counts));
    }
    return lines;
  }

  private static List<Line> byHand(
      List<AuditEvent> events, List<Instant> starts, List<Dimension> groupBy) {
    var lines = new HashMap<List<@Nullable String>, Line>();
    if (groupBy.isEmpty()) {
      lines.put(new ArrayList<>(), new Line(new ArrayList<>(), new HashMap<>()));
    }
    for (AuditEvent event : events) {
      var key = new ArrayList<@Nullable String>();
      groupBy.forEach(dimension -> key.add(value(dimension, event)));
      int bucket = 0;
      while (bucket + 1 < starts.size() && !starts.get(bucket + 1).isAfter(event.occurredAt())) {
        bucket++;
      }
      lines
          .computeIfAbsent(key, _ -> new Line(key, new HashMap<>()))
          .counts()
          .merge(bucket, 1L, Long::sum);
    }
    return List.copyOf(lines.values());
  }

  private static @Nullable String value(Dimension dimension, AuditEvent event) {
    return switch (dimension) {
      case type -> event.type().text();
      case outcome -> event.outcome() == null ? null : event.outcome().text();
      case team -> event.actor().team();
      case upstream -> event.upstream();
    };
  }
}
