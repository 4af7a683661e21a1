package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Counts by bucket and group: those of a response of any shape, or counted by hand.
 *
 * @param counts without those that are 0
 */
public record CountsTable(Map<Slot, Measure> counts) {

  /**
   * A bucket and a group.
   *
   * @param time null for the whole time
   * @param rest whether it is the rest of the groups
   */
  public record Slot(@Nullable Instant time, List<@Nullable String> key, boolean rest) {}

  /** A count, and the durations in seconds, to the millisecond; null for none. */
  public record Measure(long count, @Nullable BigDecimal mean, @Nullable BigDecimal p95) {}

  /** One thing that is counted; {@code seconds} is null if it has no duration. */
  public record Item(Instant at, List<@Nullable String> key, @Nullable BigDecimal seconds) {}

  /** Reads a response, and checks that it has a count for each bucket and group. */
  public static CountsTable read(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return read(answer.body());
  }

  /** Same, of a response's body. */
  static CountsTable read(JsonNode body) {
    List<String> groupBy = names(body.path("groupBy"));
    Map<Slot, Measure> counts =
        body.has("rows") ? ofRows(body.path("rows"), groupBy) : ofColumns(body, groupBy.size());
    assertThat(counts.values().stream().mapToLong(Measure::count).sum())
        .isEqualTo(body.path("total").asLong());
    return new CountsTable(withoutZeros(counts));
  }

  private static Map<Slot, Measure> ofColumns(JsonNode body, int dimensions) {
    List<String> buckets = names(body.path("buckets"));
    var counts = new HashMap<Slot, Measure>();
    for (JsonNode series : body.path("series")) {
      List<@Nullable String> key = texts(series.path("key"));
      assertThat(key).hasSize(dimensions);
      assertThat(series.path("counts")).hasSize(buckets.size());
      long total = 0;
      for (int i = 0; i < buckets.size(); i++) {
        var measure =
            new Measure(
                series.path("counts").path(i).asLong(),
                number(series.path("meanSeconds").path(i)),
                number(series.path("p95Seconds").path(i)));
        total += measure.count();
        var slot = new Slot(Instant.parse(buckets.get(i)), key, series.has("rest"));
        assertThat(counts.put(slot, measure)).isNull();
      }
      assertThat(series.path("total").asLong()).isEqualTo(total);
    }
    return counts;
  }

  private static Map<Slot, Measure> ofRows(JsonNode rows, List<String> groupBy) {
    var counts = new HashMap<Slot, Measure>();
    var times = new ArrayList<String>();
    Set<Object> groups = new HashSet<>();
    for (JsonNode row : rows) {
      var key = new ArrayList<@Nullable String>();
      for (String dimension : groupBy) {
        assertThat(row.has(dimension)).isTrue();
        key.add(text(row.path(dimension)));
      }
      String time = text(row.path("time"));
      times.add(time == null ? "" : time);
      groups.add(List.of(key, row.has("rest")));
      var slot = new Slot(time == null ? null : Instant.parse(time), key, row.has("rest"));
      var measure =
          new Measure(
              row.path("count").asLong(),
              number(row.path("meanSeconds")),
              number(row.path("p95Seconds")));
      assertThat(counts.put(slot, measure)).isNull();
    }
    assertThat(times).isSorted();
    assertThat(counts).hasSize(groups.size() * Set.copyOf(times).size());
    return counts;
  }

  /** Checks that a response has the same rows as CSV and as JSON. */
  public static void assertSame(Answer csv, Answer json) {
    assertThat(csv.status()).as(csv.raw().body()).isEqualTo(200);
    assertThat(csv.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    List<CSVRecord> records = records(csv.raw().body());
    assertThat(records).hasSize(json.body().path("rows").size());
    for (int i = 0; i < records.size(); i++) {
      JsonNode row = json.body().path("rows").path(i);
      Map<String, String> cells = records.get(i).toMap();
      for (String member : row.propertyNames()) {
        assertThat(cells).containsKey(member);
      }
      cells.forEach(
          (name, cell) -> {
            JsonNode value = row.path(name);
            if (value.isNumber()) {
              assertThat(new BigDecimal(cell)).isEqualByComparingTo(value.decimalValue());
            } else {
              assertThat(cell).isEqualTo(value.asString("").replaceFirst("^=", "'="));
            }
          });
    }
  }

  private static List<CSVRecord> records(String csv) {
    try {
      return CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .get()
          .parse(new StringReader(csv))
          .getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Counts by hand.
   *
   * @param starts of the buckets; null for the whole time
   * @param top the number of the largest groups; null for all
   */
  public static CountsTable count(
      List<Item> items, @Nullable List<Instant> starts, @Nullable Integer top) {
    Map<List<@Nullable String>, Long> totals =
        items.stream().collect(Collectors.groupingBy(Item::key, Collectors.counting()));
    List<List<@Nullable String>> ranked =
        totals.entrySet().stream()
            .sorted(
                Map.Entry.<List<@Nullable String>, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey(CountsTable::compareKeys)))
            .map(Map.Entry::getKey)
            .toList();
    Function<Item, Slot> slot =
        item -> {
          boolean rest = top != null && ranked.indexOf(item.key()) >= top;
          return new Slot(
              starts == null ? null : bucket(item.at(), starts),
              rest ? Collections.nCopies(item.key().size(), null) : item.key(),
              rest);
        };
    var counts = new HashMap<Slot, Measure>();
    items.stream()
        .collect(Collectors.groupingBy(slot))
        .forEach((each, its) -> counts.put(each, measure(its)));
    return new CountsTable(counts);
  }

  /** As bytes, with null last. */
  private static int compareKeys(List<@Nullable String> one, List<@Nullable String> other) {
    Comparator<@Nullable String> byText = Comparator.nullsLast(Comparator.<String>naturalOrder());
    return IntStream.range(0, one.size())
        .map(i -> byText.compare(one.get(i), other.get(i)))
        .filter(order -> order != 0)
        .findFirst()
        .orElse(0);
  }

  private static Instant bucket(Instant at, List<Instant> starts) {
    int bucket = 0;
    while (bucket + 1 < starts.size() && !starts.get(bucket + 1).isAfter(at)) {
      bucket++;
    }
    return starts.get(bucket);
  }

  private static Measure measure(List<Item> items) {
    List<BigDecimal> seconds =
        items.stream()
            .flatMap(item -> Stream.ofNullable(item.seconds()))
            .sorted(Comparator.naturalOrder())
            .toList();
    if (seconds.isEmpty()) {
      return new Measure(items.size(), null, null);
    }
    BigDecimal sum = seconds.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return new Measure(
        items.size(),
        sum.divide(BigDecimal.valueOf(seconds.size()), 3, RoundingMode.HALF_UP)
            .stripTrailingZeros(),
        seconds
            .get((int) Math.ceil(0.95 * seconds.size()) - 1)
            .setScale(3, RoundingMode.HALF_UP)
            .stripTrailingZeros());
  }

  private static List<String> names(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static List<@Nullable String> texts(JsonNode array) {
    return array.valueStream().<@Nullable String>map(CountsTable::text).toList();
  }

  private static @Nullable String text(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? null : node.asString();
  }

  private static @Nullable BigDecimal number(JsonNode node) {
    return node.isNumber() ? node.decimalValue().stripTrailingZeros() : null;
  }

  private static Map<Slot, Measure> withoutZeros(Map<Slot, Measure> counts) {
    var some = new HashMap<>(counts);
    some.values().removeIf(measure -> measure.equals(new Measure(0, null, null)));
    return some;
  }
}
