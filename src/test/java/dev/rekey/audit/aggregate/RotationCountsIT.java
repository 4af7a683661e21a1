package dev.rekey.audit.aggregate;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.FilterField;
import dev.rekey.audit.FilterField.Form;
import dev.rekey.audit.RandomFilter;
import dev.rekey.audit.aggregate.CountsTable.Item;
import dev.rekey.run.Http.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Charts of rotations, against the list of rotations that were really made. */
class RotationCountsIT extends RekeyIT {

  private static final String COUNTS = "/api/v1/audit-events/aggregate?series=rotations";

  // A target has at most one pending rotation.
  private static final String COPY =
      """
      insert into rotation
      select copy.* from unnest(?::uuid[], ?::timestamptz[], ?::timestamptz[]) as made (id, at, closed)
        join rotation r on r.id = made.id, jsonb_populate_record(r, jsonb_build_object(
          'id', test_uuidv7(), 'target', test_uuidv7(), 'request_id', 'copied',
          'requested_at', made.at,
          'closed_at', case when r.closed_at is not null then made.closed end)) copy
      returning id
      """;

  private static final String GITHUB = json("appId", "crm", "connectorId", "github");

  private static final List<FilterField> FIELDS =
      List.of(
          new FilterField(
              "outcome",
              List.of("SUCCEEDED", "REJECTED", "UNKNOWN", "NOT_ATTEMPTED", "PENDING"),
              Set.of(Form.EXCEPT, Form.PREFIX, Form.ANY_CASE, Form.COMMAS)),
          new FilterField("team", List.of("payments", "search"), Set.of(Form.EXCEPT)),
          new FilterField(
              "upstream",
              List.of("keycard", "conductorone"),
              Set.of(Form.EXCEPT, Form.PREFIX, Form.ANY_CASE, Form.COMMAS)),
          new FilterField(
              "subject",
              List.of(
                  OKTA_SUBJECT,
                  "apps/crm/connectors/github",
                  "organizations/acme/service-accounts/checkout"),
              Set.of(Form.EXCEPT, Form.PREFIX, Form.COMMAS)));

  /** Days with a change of clocks, and one without. */
  private static final Map<String, String> DAYS =
      new TreeMap<>(
          Map.of(
              "2026-03-29", "Europe/Berlin",
              "2026-10-25", "Europe/Berlin",
              "2026-04-05", "Australia/Lord_Howe",
              "2026-10-04", "Australia/Lord_Howe",
              "2026-04-04", "America/Santiago",
              "2026-09-06", "America/Santiago",
              "2026-06-10", "UTC"));

  private static final List<List<Dimension>> GROUPS =
      List.of(
          List.of(),
          List.of(Dimension.outcome),
          List.of(Dimension.team, Dimension.outcome),
          List.of(Dimension.upstream),
          List.of(Dimension.subject),
          List.of(Dimension.actor, Dimension.upstream));

  @Test
  void countsAgreeWithTheListOfRotations() {
    var random = new Random(7);
    rotate();
    Object reopened =
        query("select id from rotation where state = 'REJECTED' limit 1").getFirst().get("id");
    execute("update rotation set state = 'PENDING', closed_at = null where id = ?", reopened);
    try {
      DAYS.forEach((day, zone) -> check(day, ZoneId.of(zone), random));
    } finally {
      execute("update rotation set state = 'REJECTED', closed_at = now() where id = ?", reopened);
    }
  }

  private void check(String day, ZoneId zone, Random random) {
    Instant midnight = LocalDate.parse(day).atStartOfDay(zone).toInstant();
    Instant from = midnight.minusSeconds(random.nextInt(20 * 3_600));
    Instant to = midnight.plus(Duration.ofHours(26)).plusSeconds(random.nextInt(30 * 3_600));
    copy(from.minusSeconds(3_600), Duration.between(from, to).plusSeconds(7_200), random);
    int chosen = 0;
    for (String caller : List.of("auditor", "payments")) {
      List<JsonNode> all = list(caller, from, to);
      assertThat(all).hasSizeGreaterThan(20);
      for (String bucket : List.of("5m", "15m", "1h", "1d", "1w", "auto")) {
        RandomFilter filter = RandomFilter.of(FIELDS, 2, random);
        List<JsonNode> rotations = all.stream().filter(each -> includes(filter, each)).toList();
        chosen += rotations.size();
        String path =
            COUNTS
                + "&from=%s&to=%s&timeZone=%s&bucket=%s".formatted(from, to, zone, bucket)
                + filter.parameters();
        String size = LocalClock.size(bucket, from, to, zone);
        check(caller, path, rotations, LocalClock.starts(size, from, to, zone), random);
      }
    }
    assertThat(chosen).isGreaterThan(50);
  }

  private static boolean includes(RandomFilter filter, JsonNode rotation) {
    return filter.includes(name -> value(Dimension.valueOf(name), rotation));
  }

  private void check(
      String caller,
      String filtered,
      List<JsonNode> rotations,
      List<Instant> starts,
      Random random) {
    List<Dimension> groupBy = GROUPS.get(random.nextInt(GROUPS.size()));
    int top = 1 + random.nextInt(3);
    Shape shape = List.of(Shape.values()).get(random.nextInt(3));
    String groups = String.join(",", groupBy.stream().map(Dimension::name).toList());
    String path =
        filtered
            + "&shape="
            + shape
            + (groupBy.isEmpty() ? "" : "&top=" + top + "&groupBy=" + groups);

    Answer answer = as(caller).get(path);

    assertThat(CountsTable.read(answer))
        .as("%s %s", caller, path)
        .isEqualTo(
            CountsTable.count(
                rotations.stream().map(rotation -> item(rotation, groupBy)).toList(),
                shape == Shape.TOTALS ? null : starts,
                groupBy.isEmpty() ? null : Integer.valueOf(top)));
    if (shape == Shape.COLUMNS) {
      assertThat(answer.body().path("buckets").valueStream())
          .extracting(start -> Instant.parse(start.asString()))
          .isEqualTo(starts);
    } else {
      CountsTable.assertSame(as(caller).get(path + "&format=csv"), answer);
    }
  }

  /** Rotations of two teams at two upstreams, in every state that one request can leave. */
  private void rotate() {
    for (int i = 0; i < 4; i++) {
      keyed("payments").post(ROTATE, OKTA);
      keyed("payments").post(CHECKOUT, json("name", "counted-" + i));
      keyed("search").post(ROTATE, GITHUB);
    }
    control().fault("conductorone", "rotate", "status", status(422), times(2));
    keyed("payments").post(ROTATE, OKTA);
    keyed("search").post(ROTATE, GITHUB);
    control().clearFaults();
    control().fault("conductorone", "rotate", "reset-after", times(1));
    keyed("payments").post(ROTATE, OKTA);
    control().fault("keycard", "create", "no-backend", times(9));
    keyed("payments").post(CHECKOUT, json("name", "not-sent"));
    control().clearFaults();
    awaitFollowUps();
  }

  /** Copies each rotation three times, with a time and a duration, some of them equal. */
  private void copy(Instant start, Duration span, Random random) {
    var ids = new ArrayList<String>();
    var requested = new ArrayList<String>();
    var closed = new ArrayList<String>();
    for (var rotation :
        query("select id from rotation where request_id = ? order by requested_at", requestId)) {
      for (int i = 0; i < 3; i++) {
        Instant at = start.plusSeconds(random.nextInt((int) span.toSeconds()));
        ids.add(String.valueOf(rotation.get("id")));
        requested.add(at.toString());
        closed.add(
            at.plusMillis(random.nextInt(4) * 1_000L)
                .plusNanos(random.nextInt(3) * 123_456_000L)
                .toString());
      }
    }
    assertThat(query(COPY, array(ids), array(requested), array(closed))).hasSize(ids.size());
  }

  private static String array(List<String> texts) {
    return "{" + String.join(",", texts) + "}";
  }

  private List<JsonNode> list(String caller, Instant from, Instant to) {
    return new ArrayList<>(
        as(caller)
            .get("/api/v1/rotations?limit=500&from=" + from + "&to=" + to)
            .body()
            .path("items")
            .values());
  }

  private static Item item(JsonNode rotation, List<Dimension> groupBy) {
    Instant requested = Instant.parse(rotation.path("requestedAt").asString());
    JsonNode closed = rotation.path("closedAt");
    return new Item(
        requested,
        groupBy.stream().<@Nullable String>map(dimension -> value(dimension, rotation)).toList(),
        closed.isNull()
            ? null
            : BigDecimal.valueOf(
                ChronoUnit.MICROS.between(requested, Instant.parse(closed.asString())), 6));
  }

  private static @Nullable String value(Dimension dimension, JsonNode rotation) {
    String pointer =
        switch (dimension) {
          case outcome -> "/state";
          case team -> "/requestedBy/team";
          case upstream -> "/upstream";
          case actor -> "/requestedBy/id";
          case subject -> "/subject";
          case type -> throw new AssertionError("rotations have no type");
        };
    JsonNode value = rotation.at(pointer);
    return value.isNull() ? null : value.asString();
  }

  @Test
  void everyRowHasADurationOrNull() {
    keyed("payments").post(ROTATE, OKTA);

    JsonNode rows = as("payments").get(COUNTS + "&shape=rows&groupBy=outcome").body().path("rows");

    assertThat(rows.size()).isGreaterThanOrEqualTo(25);
    assertThat(rows.valueStream())
        .allSatisfy(
            row -> {
              assertThat(row.propertyNames())
                  .containsExactly("time", "outcome", "count", "meanSeconds", "p95Seconds");
              assertThat(row.path("meanSeconds").isNull())
                  .isEqualTo(row.path("count").asLong() == 0);
              assertThat(row.path("p95Seconds").isNull())
                  .isEqualTo(row.path("count").asLong() == 0);
            });
    assertThat(rows.valueStream())
        .anySatisfy(row -> assertThat(row.path("count").asLong()).isPositive());
  }

  @Test
  void clocksThatDifferMakeNoNegativeDuration() {
    String rotation =
        Objects.requireNonNull(keyed("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id"));
    execute(
        "update rotation set requested_at = now() - interval '20 days', closed_at = now()"
            + " - interval '20 days 1 second' where id = ?::uuid",
        rotation);
    Instant day = Instant.now().minus(Duration.ofDays(20));

    Answer totals =
        as("payments")
            .get(
                COUNTS
                    + "&shape=totals&from="
                    + day.minusSeconds(60)
                    + "&to="
                    + day.plusSeconds(60));

    assertThat(totals.body().at("/rows/0/count").asLong()).isOne();
    assertThat(totals.body().at("/rows/0/meanSeconds").asDouble()).isZero();
  }
}
