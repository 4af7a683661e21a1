package dev.rekey.audit.aggregate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts over time, as they are returned. A null member is left out.
 *
 * @param total the sum of all counts
 * @param buckets the start of each bucket, if there are series
 * @param series for {@link Shape#COLUMNS}
 * @param rows for the other shapes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Counts(
    Instant from,
    Instant to,
    String bucket,
    String timeZone,
    List<Dimension> groupBy,
    long total,
    @Nullable List<Instant> buckets,
    @Nullable List<Series> series,
    @Nullable List<Row> rows) {

  /**
   * The counts of one group, one for each bucket.
   *
   * @param meanSeconds of rotations, null for events; a mean is null if nothing has a duration
   * @param p95Seconds likewise
   * @param rest true for the groups after the largest, together; otherwise null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Series(
      List<@Nullable String> key,
      long total,
      List<Long> counts,
      @Nullable List<@Nullable BigDecimal> meanSeconds,
      @Nullable List<@Nullable BigDecimal> p95Seconds,
      @Nullable Boolean rest) {}

  /** One count, with the members that its shape and its groups have. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      @Nullable Instant time,
      @Nullable Member<String> type,
      @Nullable Member<String> outcome,
      @Nullable Member<String> team,
      @Nullable Member<String> upstream,
      @Nullable Member<String> actor,
      @Nullable Member<String> subject,
      long count,
      @Nullable Member<BigDecimal> meanSeconds,
      @Nullable Member<BigDecimal> p95Seconds,
      @Nullable Boolean rest) {

    @Nullable Member<String> of(Dimension dimension) {
      return switch (dimension) {
        case type -> type;
        case outcome -> outcome;
        case team -> team;
        case upstream -> upstream;
        case actor -> actor;
        case subject -> subject;
      };
    }
  }

  /** A member that is not left out; its value may be null. */
  public record Member<T>(@JsonValue @Nullable T value) {}
}
