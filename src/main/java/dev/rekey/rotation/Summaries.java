package dev.rekey.rotation;

import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlPart;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts credentials and rotations, in one query. */
@Component
class Summaries {

  private static final String ADVICE =
      "Your grants cover too many subjects to be counted. For callers that see all subjects, Rekey"
          + " keeps the numbers.";

  /** The numbers that a dashboard starts with. */
  record Summary(Instant at, CredentialCounts credentials, RotationCounts rotations) {}

  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  Summaries(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
  }

  /** Throws a {@code query-too-broad} problem if counting takes too long. */
  Summary count(Visibility visibility, Instant now, Instant today) {
    SqlPart credentials = CredentialCounts.sql(visibility, now);
    SqlPart rotations = RotationCounts.sql(visibility, today);
    String sql = "select c.*, r.* from (" + credentials.sql() + ") c, (" + rotations.sql() + ") r";
    return queries.read(
        ADVICE,
        () ->
            jdbc.sql(sql)
                .params(credentials.params())
                .params(rotations.params())
                .query(
                    (row, _) ->
                        new Summary(
                            now, CredentialCounts.read(row), RotationCounts.read(row, today, now)))
                .single());
  }
}
