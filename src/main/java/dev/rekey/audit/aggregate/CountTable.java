package dev.rekey.audit.aggregate;

import dev.rekey.audit.aggregate.Counts.Member;
import dev.rekey.audit.aggregate.Counts.Row;
import dev.rekey.audit.aggregate.Counts.Series;
import dev.rekey.platform.query.QueryText;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The counts of a request by group and bucket. Gives them the shape of the response. */
final class CountTable {

  static final int MAX_COUNTS = 100_000;

  private static final Comparator<Line> BY_KEY =
      Comparator.comparing(line -> line.group().key().toString());
  private static final Comparator<Line> LARGEST_FIRST =
      Comparator.<Line, Boolean>comparing(line -> line.group().isRest())
          .thenComparing(Line::total, Comparator.reverseOrder())
          .thenComparing(BY_KEY);

  private final Question question;
  private final List<Line> lines;

  /** The value of each dimension; all of them are null for the rest of the groups. */
  record Group(List<@Nullable String> key, boolean isRest) {

    static Group rest(int dimensions) {
      return new Group(Collections.<@Nullable String>nCopies(dimensions, null), true);
    }
  }

  /** The durations are null for events, and if nothing has a duration. */
  record Measure(long count, @Nullable BigDecimal meanSeconds, @Nullable BigDecimal p95Seconds) {

    private static final Measure NONE = new Measure(0, null, null);
  }

  /** The measure of one group in one bucket, which has a number from 0. */
  record Cell(Group group, int bucket, Measure measure) {}

  /** The measures of one group, one for each bucket. */
  private record Line(Group group, List<Measure> measures) {

    private long total() {
      return measures.stream().mapToLong(Measure::count).sum();
    }
  }

  /** Throws an {@code invalid-parameter} problem if there are too many counts. */
  CountTable(Question question, List<Cell> cells) {
    this.question = question;
    int buckets = question.buckets().starts().size();
    long groups = cells.stream().map(Cell::group).distinct().count();
    if (groups * buckets > MAX_COUNTS) {
      throw QueryText.invalid(
          "At least %s groups in each of %s buckets are more than %s counts. Use a shorter time, a"
                  .formatted(groups, buckets, MAX_COUNTS)
              + " larger bucket, top or fewer groups.");
    }
    Map<Group, Measure[]> measures = new HashMap<>();
    if (question.groupBy().isEmpty()) {
      measures.put(new Group(List.of(), false), none(buckets));
    }
    for (Cell cell : cells) {
      measures.computeIfAbsent(cell.group(), _ -> none(buckets))[cell.bucket()] = cell.measure();
    }
    this.lines =
        measures.entrySet().stream()
            .map(entry -> new Line(entry.getKey(), List.of(entry.getValue())))
            .sorted(question.top() == null ? BY_KEY : LARGEST_FIRST)
            .toList();
  }

  private static Measure[] none(int buckets) {
    var measures = new Measure[buckets];
    Arrays.fill(measures, Measure.NONE);
    return measures;
  }

  Counts counts() {
    Buckets buckets = question.buckets();
    boolean hasColumns = question.shape() == Shape.COLUMNS;
    return new Counts(
        buckets.from(),
        buckets.to(),
        buckets.size().toString(),
        buckets.zone().getId(),
        question.groupBy(),
        lines.stream().mapToLong(Line::total).sum(),
        hasColumns ? buckets.starts() : null,
        hasColumns ? lines.stream().map(this::series).toList() : null,
        hasColumns ? null : rows());
  }

  private Series series(Line line) {
    return new Series(
        line.group().key(),
        line.total(),
        line.measures().stream().map(Measure::count).toList(),
        durations(line, Measure::meanSeconds),
        durations(line, Measure::p95Seconds),
        rest(line));
  }

  private @Nullable List<@Nullable BigDecimal> durations(
      Line line, Function<Measure, @Nullable BigDecimal> duration) {
    return question.hasDurations()
        ? line.measures().stream().<@Nullable BigDecimal>map(duration).toList()
        : null;
  }

  private List<Row> rows() {
    return IntStream.range(0, question.buckets().starts().size())
        .boxed()
        .flatMap(bucket -> lines.stream().map(line -> row(line, bucket)))
        .toList();
  }

  private Row row(Line line, int bucket) {
    Measure measure = line.measures().get(bucket);
    return new Row(
        question.shape() == Shape.ROWS ? question.buckets().starts().get(bucket) : null,
        member(line, Dimension.type),
        member(line, Dimension.outcome),
        member(line, Dimension.team),
        member(line, Dimension.upstream),
        member(line, Dimension.actor),
        member(line, Dimension.subject),
        measure.count(),
        question.hasDurations() ? new Member<>(measure.meanSeconds()) : null,
        question.hasDurations() ? new Member<>(measure.p95Seconds()) : null,
        rest(line));
  }

  private @Nullable Member<String> member(Line line, Dimension dimension) {
    int index = question.groupBy().indexOf(dimension);
    return index < 0 ? null : new Member<>(line.group().key().get(index));
  }

  private static @Nullable Boolean rest(Line line) {
    return line.group().isRest() ? true : null;
  }
}
