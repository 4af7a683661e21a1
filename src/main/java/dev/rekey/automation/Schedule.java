package dev.rekey.automation;

import static java.util.stream.Collectors.groupingBy;

import dev.rekey.automation.PlannedRotation.Attempts;
import dev.rekey.automation.PlannedRotation.Current;
import dev.rekey.credential.RotationSchedule;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.Standing;
import dev.rekey.policy.WaitsFor;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Upstreams;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Computes the next rotations from the credentials, the policies and what was tried. */
@Component
class Schedule implements RotationSchedule {

  // One statement, so that a rotation that ends meanwhile is seen with its new credential.
  private static final String FACTS =
      """
      with wanted as (select * from unnest(:upstreams, :subjects) s (upstream, subject)),
      busy as (
        select r.upstream, r.subject from rotation r where r.state in ('PENDING', 'UNKNOWN')
        union
        select r.upstream, r.subject from secret_delivery d join rotation r on r.id = d.rotation_id
        where d.state in ('RESERVED', 'OUTSTANDING')
          or (d.state = 'DELIVERED' and d.next_try_at is not null)
          or (d.state = 'PARKED' and not exists (
            select from rotation later
            where later.upstream = r.upstream and later.subject = r.subject
              and later.state = 'SUCCEEDED' and later.requested_at > r.requested_at)))
      select w.subject, c.id, c.upstream_id, coalesce(c.created_at, c.recorded_at) as created_at,
        c.recorded_at, c.expires_at, c.delivered_to, c.delivered_at, c.status, c.client_id,
        a.rule, a.since, a.credential_id, a.tries,
        a.tried_at, a.last_failure, a.halted_at, a.epoch,
        exists (select from busy b where b.upstream = w.upstream and b.subject = w.subject)
          or coalesce(a.claimed_until > clock_timestamp() and a.epoch <> :claim, false) as is_busy
      from wanted w
        left join automation a on a.subject = w.subject
        left join credential c on c.upstream = w.upstream and c.subject = w.subject
          and c.status in ('ACTIVE', 'EXPIRED')
      """;

  private static final int NO_CLAIM = -1;

  private final CoveredSubjects covered;
  private final Upstreams upstreams;
  private final JdbcClient jdbc;

  Schedule(CoveredSubjects covered, Upstreams upstreams, JdbcClient jdbc) {
    this.covered = covered;
    this.upstreams = upstreams;
    this.jdbc = jdbc;
  }

  @Override
  public Set<String> subjects() {
    return covered.names();
  }

  @Override
  public Map<UUID, NextRotation> of(Collection<String> subjects, Instant now) {
    var next = new HashMap<UUID, NextRotation>();
    for (PlannedRotation each : read(covered.of(subjects), now)) {
      each.candidates().forEach(id -> next.put(id, each.next()));
    }
    return next;
  }

  /** All covered subjects; those that start first come first. */
  List<PlannedRotation> all(Instant now) {
    return read(covered.all(), now).stream()
        .sorted(
            Comparator.comparing(
                    (PlannedRotation each) -> each.next().at(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(PlannedRotation::subject))
        .toList();
  }

  /** One covered subject; empty if it is not covered. */
  Optional<PlannedRotation> find(String subject, Instant now) {
    return read(covered.of(List.of(subject)), now).stream().findFirst();
  }

  /** Whether a subject is ready except for a claim of it, and the tries before that. */
  boolean isReadyFor(AutomationLedger.Claim claim, Instant now) {
    return read(covered.of(List.of(claim.subject())), now, claim.epoch()).stream()
        .anyMatch(
            planned ->
                planned.next().isReady()
                    && planned.current() != null
                    && planned.current().id().equals(claim.credential().id()));
  }

  private List<PlannedRotation> read(Collection<Covered> wanted, Instant now) {
    return read(wanted, now, NO_CLAIM);
  }

  /**
   * Reads subjects.
   *
   * @param claim the epoch of the reader's own claim of them, which is in nobody's way
   */
  private List<PlannedRotation> read(Collection<Covered> wanted, Instant now, int claim) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    Map<String, List<Fact>> facts =
        jdbc
            .sql(FACTS)
            .param(
                "upstreams",
                wanted.stream()
                    .map(each -> each.subject().upstream().value())
                    .toArray(String[]::new))
            .param("subjects", wanted.stream().map(Covered::name).toArray(String[]::new))
            .param("claim", claim)
            .query((row, _) -> fact(row))
            .list()
            .stream()
            .collect(groupingBy(Fact::subject));
    Map<String, Pause> pauses =
        pauses(now).stream()
            .collect(Collectors.toMap(each -> key(each.subject()), Function.identity()));
    return wanted.stream()
        .map(
            each -> scheduled(each, facts.getOrDefault(each.name(), List.of()), pauses, now, claim))
        .toList();
  }

  /** The pauses that are not over. */
  List<Pause> pauses(Instant now) {
    return jdbc.sql(
            """
            select scope, reason, paused_by, paused_at, until from automation_pause
            where until > :now order by scope
            """)
        .param("now", SqlTime.of(now))
        .query(
            (row, _) ->
                new Pause(
                    AutomationLedger.subject(row.getString("scope")),
                    row.getString("reason"),
                    row.getString("paused_by"),
                    SqlTime.instant(row, "paused_at"),
                    SqlTime.instant(row, "until")))
        .list();
  }

  private static String key(@Nullable String subject) {
    return subject == null ? AutomationLedger.ALL : subject;
  }

  /** A row of {@link #FACTS}; {@code credential} is null if the subject has none. */
  private record Fact(
      String subject,
      @Nullable Known credential,
      @Nullable String rule,
      @Nullable Instant since,
      @Nullable UUID tried,
      Attempts attempts,
      boolean isBusy) {}

  private record Known(
      Current current,
      @Nullable String clientId,
      Instant recordedAt,
      boolean isActive,
      @Nullable String deliveredTo,
      @Nullable Instant deliveredAt) {}

  private static Fact fact(ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    return new Fact(
        row.getString("subject"),
        id == null ? null : known(row, id),
        row.getString("rule"),
        SqlTime.nullableInstant(row, "since"),
        row.getObject("credential_id", UUID.class),
        // Without a row of the subject, all of these are null.
        new Attempts(
            row.getInt("epoch"),
            row.getInt("tries"),
            SqlTime.nullableInstant(row, "tried_at"),
            row.getString("last_failure"),
            SqlTime.nullableInstant(row, "halted_at")),
        row.getBoolean("is_busy"));
  }

  private static Known known(ResultSet row, UUID id) throws SQLException {
    return new Known(
        new Current(
            id,
            PathId.of(row.getString("upstream_id")),
            SqlTime.instant(row, "created_at"),
            SqlTime.nullableInstant(row, "expires_at")),
        row.getString("client_id"),
        SqlTime.instant(row, "recorded_at"),
        row.getString("status").equals("ACTIVE"),
        row.getString("delivered_to"),
        SqlTime.nullableInstant(row, "delivered_at"));
  }

  private PlannedRotation scheduled(
      Covered subject, List<Fact> facts, Map<String, Pause> pauses, Instant now, int claim) {
    Fact any = facts.getFirst();
    List<Known> candidates = facts.stream().map(Fact::credential).filter(Objects::nonNull).toList();
    Pause pause =
        Stream.of(pauses.get(AutomationLedger.ALL), pauses.get(subject.name()))
            .filter(Objects::nonNull)
            .max(Comparator.comparing(Pause::until))
            .orElse(null);
    Known known = current(subject, candidates).orElse(null);
    if (known == null) {
      return new PlannedRotation(
          subject,
          null,
          candidates.stream().filter(Known::isActive).map(each -> each.current().id()).toList(),
          any.attempts(),
          pause,
          NextRotation.never(any.isBusy() ? WaitsFor.ROTATION : WaitsFor.CREDENTIAL));
    }
    if (endsOwnLogin(subject, known, candidates)) {
      return new PlannedRotation(
          subject,
          known.current(),
          List.of(known.current().id()),
          any.attempts(),
          pause,
          NextRotation.never(WaitsFor.OWN_LOGIN));
    }
    Current current = known.current();
    Attempts attempts = attempts(any, current, claim);
    var standing =
        new Standing(
            subject.subject(),
            current.createdAt(),
            current.expiresAt(),
            ruledSince(subject, any, known, now),
            attempts.tries(),
            attempts.triedAt(),
            attempts.haltedAt() != null,
            pause == null ? null : pause.until(),
            any.isBusy());
    return new PlannedRotation(
        subject,
        current,
        List.of(current.id()),
        attempts,
        pause,
        subject.policy().next(standing, now));
  }

  /** The tries for the current credential. Those for an earlier one do not count. */
  private static Attempts attempts(Fact fact, Current current, int claim) {
    Attempts recorded = fact.attempts();
    return current.id().equals(fact.tried()) && recorded.epoch() != claim
        ? recorded
        : recorded.forgotten();
  }

  // A rotation at a replacing upstream ends all credentials of the subject.
  private boolean endsOwnLogin(Covered subject, Known current, List<Known> candidates) {
    List<Known> ended =
        upstreams.of(subject.subject()).isAdditive() ? List.of(current) : candidates;
    return ended.stream()
        .anyMatch(each -> upstreams.isOwnLogin(subject.subject().upstream(), each.clientId()));
  }

  private static Instant ruledSince(Covered subject, Fact fact, Known known, Instant now) {
    Instant since =
        fact.since() != null && subject.policy().rule().equals(fact.rule()) ? fact.since() : now;
    return since.isAfter(known.recordedAt()) ? since : known.recordedAt();
  }

  /**
   * The credential that the target has, as far as is known; empty if that is not clear. Upstreams
   * that do not list their credentials end the older ones at a rotation.
   */
  private Optional<Known> current(Covered subject, List<Known> candidates) {
    if (!(upstreams.of(subject.subject()) instanceof ListableUpstream)) {
      return candidates.stream().max(Comparator.comparing(each -> each.current().createdAt()));
    }
    List<Known> active = candidates.stream().filter(Known::isActive).toList();
    Optional<Known> delivered =
        active.stream()
            .filter(each -> subject.place().equals(each.deliveredTo()))
            .max(
                Comparator.comparing(
                    Known::deliveredAt, Comparator.nullsFirst(Comparator.naturalOrder())));
    return delivered.isPresent() || active.size() != 1 ? delivered : Optional.of(active.getFirst());
  }
}
