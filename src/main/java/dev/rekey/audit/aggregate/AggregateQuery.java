package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TableFormat;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The query parameters of this route only. */
public record AggregateQuery(
    @Nullable String series,
    @Nullable String shape,
    @Nullable String format,
    @Nullable String bucket,
    @Nullable String timeZone,
    @Nullable String groupBy,
    @Nullable Integer top,
    @Nullable Instant from,
    @Nullable Instant to) {

  private static final int DEFAULT_TOP = 10;
  private static final int MAX_TOP = 50;

  /** Checks the parameters; throws an {@code invalid-parameter} problem if one is malformed. */
  Question question(TableFormat requested, Instant now) {
    Shape wanted = shape(requested);
    List<Dimension> groups = Dimension.of(groupBy);
    var buckets =
        Buckets.of(
            new Buckets.Ends(from, to, now),
            BucketSize.choice(bucket),
            QueryText.zone("timeZone", timeZone));
    return new Question(
        Objects.requireNonNullElse(
            QueryText.oneOf("series", series, Countable.values()), Countable.EVENTS),
        wanted,
        wanted == Shape.TOTALS ? buckets.asOne() : buckets.limited(),
        groups,
        top(groups));
  }

  private Shape shape(TableFormat requested) {
    Shape wanted = QueryText.oneOf("shape", shape, Shape.values());
    return switch (requested) {
      case JSON -> Objects.requireNonNullElse(wanted, Shape.COLUMNS);
      case CSV -> {
        if (wanted == Shape.COLUMNS) {
          throw QueryText.invalid("CSV has rows: send shape=rows, shape=totals or no shape.");
        }
        yield Objects.requireNonNullElse(wanted, Shape.ROWS);
      }
    };
  }

  private @Nullable Integer top(List<Dimension> groups) {
    if (top == null) {
      return groups.stream().anyMatch(Dimension::hasManyValues) ? DEFAULT_TOP : null;
    }
    if (top < 1 || top > MAX_TOP) {
      throw QueryText.invalid("top has to be 1 to " + MAX_TOP + ".");
    }
    if (groups.isEmpty()) {
      throw QueryText.invalid("top needs groupBy, such as groupBy=actor. Send both or neither.");
    }
    return top;
  }
}
