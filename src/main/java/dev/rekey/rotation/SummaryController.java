package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.platform.Answers;
import dev.rekey.platform.BoundedQueries;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.QueryText;
import dev.rekey.platform.SqlPart;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The numbers that a dashboard opens with, in one query. */
@RestController
@RequestMapping(path = "/api/v1/summary", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Summary", description = "How many there are of what matters.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
class SummaryController {

  private static final String ADVICE =
      "Your grants cover too much to be counted; for those who see all subjects the numbers are"
          + " kept.";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Access access;
  private final Clock clock;

  SummaryController(JdbcClient jdbc, BoundedQueries queries, Access access, Clock clock) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.access = access;
    this.clock = clock;
  }

  @Schema(name = "Summary", description = "What there is of the subjects that you may see.")
  record Summary(
      @Schema(description = "When it was counted.", example = "2026-11-22T11:00:00.123456Z")
          Instant at,
      @Schema(description = "The credentials.") CredentialCounts credentials,
      @Schema(description = "The rotations.") RotationCounts rotations) {}

  @GetMapping
  @Operation(
      operationId = "getSummary",
      summary = "Get the numbers that a dashboard opens with",
      description =
          "Of the subjects that you may see: credentials by status, those that end soon and those"
              + " that nobody seems to use; rotations whose outcome is unknown, and today's.")
  Summary get(
      Caller caller,
      @RequestParam(name = "timeZone", required = false)
          @Parameter(
              description =
                  "Where it is today: a zone such as Europe/Berlin, or an offset such as +05:30;"
                      + " default UTC.",
              example = "Europe/Berlin")
          @Nullable String timeZone) {
    ZoneId zone = QueryText.zone("timeZone", timeZone);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant today = LocalDate.ofInstant(now, zone).atStartOfDay(zone).toInstant();
    return queries.read(ADVICE, () -> count(access.visibleTo(caller), now, today));
  }

  private Summary count(Visibility visibility, Instant now, Instant today) {
    SqlPart credentials = CredentialCounts.query(visibility, now);
    SqlPart rotations = RotationCounts.query(visibility, today);
    return jdbc.sql(
            "select c.*, r.* from (" + credentials.sql() + ") c, (" + rotations.sql() + ") r")
        .params(credentials.params())
        .params(rotations.params())
        .query(
            (row, _) ->
                new Summary(now, CredentialCounts.of(row), RotationCounts.of(row, today, now)))
        .single();
  }
}
