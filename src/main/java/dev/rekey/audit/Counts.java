package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts over time, as charts take them. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "AuditCounts", description = "How many events there were, over time.")
record Counts(
    @Schema(
            description = "The earliest time that is counted, inclusive.",
            example = "2026-11-22T08:00:00.000000Z")
        Instant from,
    @Schema(
            description = "The latest time that is counted, exclusive.",
            example = "2026-11-22T09:00:00.000000Z")
        Instant to,
    @Schema(description = "How long a bucket is.", example = "1h") String bucket,
    @Schema(description = "On the clocks of which zone.", example = "Europe/Berlin")
        String timeZone,
    @Schema(
            description =
                "When each bucket begins, ascending. The first may begin before from, and the last"
                    + " may end behind to; what is outside is not counted.",
            example = "[\"2026-11-22T08:00:00.000000Z\"]")
        List<Instant> buckets,
    @Schema(description = "What the series are told apart by.", example = "[\"type\"]")
        List<Dimension> groupBy,
    @Schema(
            description =
                "One for each group that occurs, ordered by key; without groupBy, exactly one.")
        List<Series> series) {

  /** One line of a chart. */
  @Schema(name = "AuditSeries", description = "One line of a chart.")
  record Series(
      @ArraySchema(
              arraySchema =
                  @Schema(
                      description =
                          "Which group: a value for each of groupBy, null where the events have"
                              + " none.",
                      example = "[\"rotation.succeeded\"]"),
              schema = @Schema(types = {"string", "null"}))
          List<@Nullable String> key,
      @Schema(description = "All of its counts together.", example = "17") long total,
      @Schema(description = "How many events each bucket has, 0 included.", example = "[17]")
          List<Long> counts) {}
}
