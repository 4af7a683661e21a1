package dev.rekey.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Random events, some with parts missing. The same seed gives the same events. */
public final class RandomEvents {

  public static final List<AuditType> TYPES =
      List.of(AuditType.ROTATION_REQUESTED, AuditType.ROTATION_UNKNOWN, AuditType.ACCESS_DENIED);
  public static final List<String> TEAMS = List.of("payments", "search", "Payments");
  public static final List<String> UPSTREAMS = List.of("keycard", "conductorone");
  public static final List<String> SUBJECTS =
      List.of(
          "apps/crm/connectors/okta",
          "apps/crm/connectors/oktaX",
          "apps/c_m/connectors/okta",
          "apps/crm/connectors/github",
          "organizations/acme/service-accounts/checkout",
          "organizations/acme/service-accounts/indexer");

  private final Random random;

  public RandomEvents(long seed) {
    this.random = new Random(seed);
  }

  public <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** One of these; null once in so many times. */
  public <T> @Nullable T oneOrNull(List<T> of, int outOf) {
    return random.nextInt(outOf) == 0 ? null : one(of);
  }

  public Instant within(Instant from, Duration span) {
    return from.plus(
        random.nextLong(ChronoUnit.MICROS.between(from, from.plus(span))), ChronoUnit.MICROS);
  }

  public void append(JdbcClient jdbc, int many, Instant from, Duration span, String requestId) {
    for (int i = 0; i < many; i++) {
      var outcome = oneOrNull(List.of(AuditOutcome.values()), 4);
      jdbc.sql(
              """
              insert into audit_event (
                id, type, occurred_at, outcome, actor_id, actor_team, actor_kind, upstream, subject,
                request_id)
              values (
                test_uuidv7(), :type, :at::timestamptz, :outcome, :actor, :team, 'caller', :upstream,
                :subject, :request)
              """)
          .param("type", one(TYPES).text())
          .param("at", within(from, span).toString())
          .param("outcome", outcome == null ? null : outcome.text())
          .param("actor", one(TEAMS))
          .param("team", oneOrNull(TEAMS, 4))
          .param("upstream", oneOrNull(UPSTREAMS, 4))
          .param("subject", oneOrNull(SUBJECTS, 6))
          .param("request", requestId)
          .update();
    }
  }
}
