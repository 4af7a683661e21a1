package dev.rekey.audit.aggregate;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.aggregate.CountsTable.Item;
import dev.rekey.run.Http.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Charts of rotations, against the list of rotations that were really made. */
class RotationCountsIT extends RekeyIT {

  private static final String COUNTS = "/api/v1/audit-events/aggregate?series=rotations";

  private static final String GITHUB = json("appId", "crm", "connectorId", "github");

  /** A filter as parameters, and the rotations that match it. */
  private record Chosen(String parameters, Predicate<JsonNode> matches) {}

  private static final List<Chosen> FILTERS =
      List.of(
          new Chosen("", _ -> true),
          new Chosen("&outcome=succeeded,Unknown", is("/state", "SUCCEEDED", "UNKNOWN")),
          new Chosen("&outcome=not-attempted", is("/state", "NOT_ATTEMPTED")),
          new Chosen("&outcome=PENDING", is("/state", "PENDING")),
          new Chosen("&team=search", is("/requestedBy/team", "search")),
          new Chosen("&upstream=Keycard", is("/upstream", "keycard")),
          new Chosen("&subject=" + OKTA_SUBJECT, is("/subject", OKTA_SUBJECT)),
          new Chosen(
              "&upstream=conductorone&outcome=rejected",
              is("/state", "REJECTED").and(is("/upstream", "conductorone"))));

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
    Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(9));
    Instant end = start.plus(Duration.ofDays(7));
    rotate();
    spread(start, random);
    Object reopened =
        query("select id from rotation where state = 'REJECTED' limit 1").getFirst().get("id");
    execute("update rotation set state = 'PENDING', closed_at = null where id = ?", reopened);
    try {
      for (String caller : List.of("auditor", "payments")) {
        List<JsonNode> all = list(caller, start, end);
        assertThat(all).hasSize(caller.equals("auditor") ? 16 : 11);
        for (Chosen filter : FILTERS) {
          List<JsonNode> chosen = all.stream().filter(filter.matches()).toList();
          for (List<Dimension> groupBy : GROUPS) {
            Shape shape = List.of(Shape.values()).get(random.nextInt(3));
            String path = COUNTS + "&bucket=1d&from=" + start + "&to=" + end + filter.parameters();
            check(caller, path, chosen, groupBy, shape, 1 + random.nextInt(3));
          }
        }
      }
    } finally {
      execute("update rotation set state = 'REJECTED', closed_at = now() where id = ?", reopened);
    }
  }

  private void check(
      String caller,
      String filtered,
      List<JsonNode> rotations,
      List<Dimension> groupBy,
      Shape shape,
      int top) {
    String groups = String.join(",", groupBy.stream().map(Dimension::name).toList());
    String path =
        filtered
            + "&shape="
            + shape
            + (groupBy.isEmpty() ? "" : "&top=" + top + "&groupBy=" + groups);

    Answer answer = as(caller).get(path);

    Instant from = Instant.parse(answer.text("/from"));
    List<Instant> days =
        BucketSize.DAY.starts(from, Instant.parse(answer.text("/to")), ZoneOffset.UTC, 100);
    assertThat(days).hasSize(7);
    assertThat(CountsTable.read(answer))
        .as("%s %s", caller, path)
        .isEqualTo(
            CountsTable.count(
                rotations.stream().map(rotation -> item(rotation, groupBy)).toList(),
                shape == Shape.TOTALS ? null : days,
                groupBy.isEmpty() ? null : Integer.valueOf(top)));
    if (shape != Shape.COLUMNS) {
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

  /** Gives each rotation a time and a duration, some of them equal. */
  private void spread(Instant start, Random random) {
    for (var rotation :
        query("select id from rotation where request_id = ? order by requested_at", requestId)) {
      Instant requested = start.plusSeconds(random.nextInt(7 * 86_400));
      execute(
          "update rotation set requested_at = ?::timestamptz, closed_at = ?::timestamptz"
              + " where id = ?",
          requested.toString(),
          requested
              .plusMillis(random.nextInt(4) * 1_000L)
              .plusNanos(random.nextInt(3) * 123_456_000L)
              .toString(),
          rotation.get("id"));
    }
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

  private static Predicate<JsonNode> is(String pointer, String... values) {
    return rotation -> List.of(values).contains(rotation.at(pointer).asString(""));
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
