package dev.rekey.rotation;

import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialCounts;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SharedCounts;
import dev.rekey.platform.query.SqlPart;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts credentials and rotations, in one query. */
@Component
public class Summaries {

  private static final String ADVICE =
      "Your grants cover too many subjects to be counted. For callers that see all subjects, Rekey"
          + " keeps the numbers.";

  /** The numbers that a dashboard starts with. */
  public record Summary(CredentialCounts credentials, RotationCounts rotations) {}

  /** Whose counts, and since when a rotation is one of today. */
  private record View(Visibility visibility, Instant today) {}

  private final JdbcClient jdbc;
  private final SharedCounts<View, Summary> shared;

  Summaries(JdbcClient jdbc, BoundedQueries queries, Clock clock) {
    this.jdbc = jdbc;
    this.shared = new SharedCounts<>(queries, clock, ADVICE, this::count);
  }

  /** Responds like {@link SharedCounts#response}. */
  ResponseEntity<Summary> response(
      Visibility visibility, Instant today, @Nullable String cacheControl) {
    return shared.response(new View(visibility, today), cacheControl);
  }

  private Summary count(View view, Instant now) {
    SqlPart credentials = CredentialCounts.sql(view.visibility(), now);
    SqlPart rotations = RotationCounts.sql(view.visibility(), view.today());
    return jdbc.sql(
            "select c.*, r.* from (%s) c, (%s) r".formatted(credentials.sql(), rotations.sql()))
        .params(credentials.params())
        .params(rotations.params())
        .query(
            (row, _) ->
                new Summary(CredentialCounts.read(row), RotationCounts.read(row, view.today())))
        .single();
  }
}
