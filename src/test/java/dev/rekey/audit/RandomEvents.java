package dev.rekey.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  /** Appends events as the service does. */
  public void append(JdbcClient jdbc, int many, Instant from, Duration span, String requestId) {
    List<AuditOutcome> outcomes = List.of(AuditOutcome.values());
    jdbc.sql(
            """
            insert into audit_event (
              id, type, occurred_at, outcome, actor_id, actor_team, actor_kind, upstream, subject,
              request_id)
            select test_uuidv7(), e.type, e.at, e.outcome, e.actor, e.team, 'caller', e.upstream,
              e.subject, :request
            from unnest(:types::text[], :times::timestamptz[], :outcomes::text[], :actors::text[],
                :teams::text[], :upstreams::text[], :subjects::text[])
              as e (type, at, outcome, actor, team, upstream, subject)
            """)
        .param("types", texts(many, () -> one(TYPES)))
        .param("times", texts(many, () -> within(from, span)))
        .param("outcomes", texts(many, () -> oneOrNull(outcomes, 4)))
        .param("actors", texts(many, () -> one(TEAMS)))
        .param("teams", texts(many, () -> oneOrNull(TEAMS, 4)))
        .param("upstreams", texts(many, () -> oneOrNull(UPSTREAMS, 4)))
        .param("subjects", texts(many, () -> oneOrNull(SUBJECTS, 6)))
        .param("request", requestId)
        .update();
  }

  private static @Nullable String[] texts(int many, Supplier<@Nullable Object> each) {
    return Stream.generate(each)
        .limit(many)
        .map(value -> value == null ? null : value.toString())
        .toArray(String[]::new);
  }
}
