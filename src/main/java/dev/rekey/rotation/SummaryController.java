package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.credential.CredentialCountsQuery;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SqlPart;
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

  record Summary(Instant at, CredentialCounts credentials, RotationCounts rotations) {}

  @GetMapping
  Summary get(
      Caller caller, @RequestParam(name = "timeZone", required = false) @Nullable String timeZone) {
    ZoneId zone = QueryText.zone("timeZone", timeZone);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant today = LocalDate.ofInstant(now, zone).atStartOfDay(zone).toInstant();
    return queries.read(ADVICE, () -> count(access.visibleTo(caller), now, today));
  }

  private Summary count(Visibility visibility, Instant now, Instant today) {
    SqlPart credentials = CredentialCountsQuery.sql(visibility, now);
    SqlPart rotations = RotationCounts.query(visibility, today);
    return jdbc.sql(
            "select c.*, r.* from (" + credentials.sql() + ") c, (" + rotations.sql() + ") r")
        .params(credentials.params())
        .params(rotations.params())
        .query(
            (row, _) ->
                new Summary(
                    now, CredentialCountsQuery.read(row), RotationCounts.of(row, today, now)))
        .single();
  }
}
