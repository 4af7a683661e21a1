package dev.rekey.finding;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlText;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Records findings and what people decide about them, each with its event. */
@Component
class FindingLedger {

  private static final int LOCK = 0x52466e64;

  private static final String CHANGED =
      " returning f.id, f.kind, f.state, f.upstream, f.subject, f.credential_id, f.upstream_id";

  private static final String UNDECIDED =
      "decision = null, decided_by = null, decided_at = null, until = null, reason = null";

  private static final String HOLDS_AGAIN =
      "its condition holds again, and the decision still applies";

  private final JdbcClient jdbc;
  private final Detection detection;
  private final AuditLog audit;
  private final Clock clock;

  FindingLedger(JdbcClient jdbc, Detection detection, AuditLog audit, Clock clock) {
    this.jdbc = jdbc;
    this.detection = detection;
    this.audit = audit;
    this.clock = clock;
  }

  private record Changed(
      UUID id,
      FindingKind kind,
      FindingState state,
      Subject subject,
      @Nullable UUID credentialId,
      @Nullable PathId upstreamId) {

    static Changed read(ResultSet row) throws SQLException {
      String upstreamId = row.getString("upstream_id");
      return new Changed(
          row.getObject("id", UUID.class),
          FindingKind.of(row.getString("kind")),
          FindingState.of(row.getString("state")),
          Subject.of(row.getString("upstream"), row.getString("subject")),
          row.getObject("credential_id", UUID.class),
          upstreamId == null ? null : PathId.of(upstreamId));
    }
  }

  /**
   * Whether this replica may compute the findings: no replica has begun to within an interval. If
   * so, this counts as a begin.
   */
  @Transactional
  boolean begin(Duration interval) {
    return jdbc.sql(
                """
                insert into finding_run as last (begun_at) values (now())
                on conflict (only_one) do update set begun_at = excluded.begun_at
                where last.begun_at <= now() - make_interval(secs => :interval)
                """)
            .param("interval", SqlTime.seconds(interval))
            .update()
        == 1;
  }

  /** What a computation does with a finding. */
  private enum Part {
    RESOLVED,
    REFRESHED,
    OPENED
  }

  /**
   * Computes the findings of a kind, and changes those that differ: at most so many are resolved,
   * opened, and get new facts, each. A resolved finding whose condition holds again is opened
   * again; if it was accepted or snoozed until a time that is not over, it is so again. Returns
   * whether more may differ; no while another replica changes findings.
   */
  @Transactional
  boolean compute(FindingKind kind, int limit) {
    if (!tryLock()) {
      return false;
    }
    Instant now = clock.instant();
    SqlPart found = detection.of(kind, now);
    UUID[] ids = Stream.generate(Ids::next).limit(limit).toArray(UUID[]::new);
    // No row is in two of the changes: each begins with another state, or with none.
    var changed = new EnumMap<Part, List<Changed>>(Part.class);
    jdbc.sql(
            """
                with found as materialized (%1$s),
                gone as (
                  select f.id from finding f
                  where f.kind = :finding.kind and f.state <> 'resolved'
                    and not exists (select from found x where x.identity = f.identity)
                  limit :finding.limit),
                stale as (
                  select f.id, x.since, x.evidence
                  from finding f join found x on x.identity = f.identity
                  where f.kind = :finding.kind and f.state <> 'resolved'
                    and (f.since, f.evidence) is distinct from (x.since, x.evidence)
                  limit :finding.limit),
                fresh as (
                  select x.*, row_number() over (order by x.since, x.identity) as number
                  from found x
                    left join finding f on f.kind = :finding.kind and f.identity = x.identity
                  where f.id is null or f.state = 'resolved'
                  order by x.since, x.identity limit :finding.limit),
                resolved as (
                  update finding f set state = 'resolved', resolved_at = :finding.now
                  from gone where f.id = gone.id and f.state <> 'resolved'
                  %2$s),
                refreshed as (
                  update finding f set since = stale.since, evidence = stale.evidence
                  from stale where f.id = stale.id
                  %2$s),
                opened as (
                  insert into finding as f (
                    id, kind, identity, upstream, subject, credential_id, upstream_id, state, since,
                    evidence, opened_at)
                  select (cast(:finding.ids as uuid[]))[cast(n.number as int)], :finding.kind,
                    n.identity, n.upstream, n.subject, n.credential_id, n.upstream_id, 'open',
                    n.since, n.evidence, :finding.now
                  from fresh n
                  on conflict (kind, identity) do update set since = excluded.since,
                    evidence = excluded.evidence, resolved_at = null,
                    state = case when f.until > :finding.now then f.decision else 'open' end,
                    opened_at = case when f.until > :finding.now then f.opened_at
                      else excluded.opened_at end,
                    decided_at = case when f.until > :finding.now then f.decided_at end
                  where f.state = 'resolved'
                  %2$s)
                select 'RESOLVED' as part, r.* from resolved r
                union all select 'REFRESHED', r.* from refreshed r
                union all select 'OPENED', o.* from opened o
                """
                .formatted(found.sql(), CHANGED))
        .params(found.params())
        .param("finding.kind", kind.text())
        .param("finding.limit", limit)
        .param("finding.ids", ids)
        .param("finding.now", SqlTime.of(now))
        .query(
            row -> {
              changed
                  .computeIfAbsent(Part.valueOf(row.getString("part")), _ -> new ArrayList<>())
                  .add(Changed.read(row));
            });
    changed
        .getOrDefault(Part.RESOLVED, List.of())
        .forEach(
            each ->
                append(AuditType.FINDING_RESOLVED, each, "its condition does not hold any more"));
    changed.getOrDefault(Part.OPENED, List.of()).forEach(this::appendOpened);
    return changed.values().stream().anyMatch(all -> all.size() == limit);
  }

  private void appendOpened(Changed finding) {
    switch (finding.state()) {
      case OPEN -> append(AuditType.FINDING_OPENED, finding, finding.kind().meaning());
      case ACCEPTED -> append(AuditType.FINDING_ACCEPTED, finding, HOLDS_AGAIN);
      case SNOOZED -> append(AuditType.FINDING_SNOOZED, finding, HOLDS_AGAIN);
      case RESOLVED -> throw new IllegalStateException("a resolved finding was not opened");
    }
  }

  /**
   * Reopens at most so many findings whose acceptance or snooze is over. Returns whether more may
   * be due; no while another replica changes findings.
   */
  @Transactional
  boolean reopenDue(int limit) {
    if (!tryLock()) {
      return false;
    }
    List<Changed> reopened =
        jdbc.sql(
                """
                with due as (
                  select id from finding where state in ('accepted', 'snoozed') and until <= :now
                  order by until limit :limit)
                update finding f set state = 'open', %s
                from due
                where f.id = due.id and f.state in ('accepted', 'snoozed') and f.until <= :now
                """
                        .formatted(UNDECIDED)
                    + CHANGED)
            .param("now", SqlTime.of(clock.instant()))
            .param("limit", limit)
            .query((row, _) -> Changed.read(row))
            .list();
    reopened.forEach(
        each -> append(AuditType.FINDING_REOPENED, each, "its acceptance or snooze is over"));
    return reopened.size() == limit;
  }

  /** Whether no other replica changes findings until this transaction ends. */
  private boolean tryLock() {
    return jdbc.sql("select pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  private void append(AuditType type, Changed finding, String why) {
    audit.append(
        about(AuditEntry.ofRekey(type, finding.subject()), finding)
            .result(null, why)
            .changes(changes(finding, null)));
  }

  private static AuditEntry about(AuditEntry entry, Changed finding) {
    return entry.credential(finding.upstreamId(), finding.credentialId());
  }

  private static List<Change> changes(Changed finding, @Nullable Instant until) {
    return Stream.of(
            new Change("finding", null, finding.id().toString()),
            new Change("kind", null, finding.kind().text()),
            new Change("severity", null, finding.kind().severity().text()),
            new Change("until", null, until == null ? null : until.toString()))
        .filter(change -> change.to() != null)
        .toList();
  }

  /** Accepts a finding until a time. Returns false if it is resolved. */
  @Transactional
  boolean accept(Permit.Write permit, UUID id, String reason, Instant until) {
    return decide(AuditType.FINDING_ACCEPTED, FindingState.ACCEPTED, permit, id, reason, until);
  }

  /** Postpones a finding until a time. Returns false if it is resolved or accepted. */
  @Transactional
  boolean snooze(Permit.Write permit, UUID id, @Nullable String reason, Instant until) {
    return decide(AuditType.FINDING_SNOOZED, FindingState.SNOOZED, permit, id, reason, until);
  }

  private boolean decide(
      AuditType type,
      FindingState state,
      Permit.Write permit,
      UUID id,
      @Nullable String reason,
      Instant until) {
    Optional<Changed> decided =
        jdbc.sql(
                """
                update finding f set state = :state, decision = :state, decided_by = :by, decided_at = :now,
                  until = :until, reason = :reason
                where f.id = :id and f.state in (%s)
                """
                        .formatted(
                            state == FindingState.ACCEPTED
                                ? "'open', 'snoozed', 'accepted'"
                                : "'open', 'snoozed'")
                    + CHANGED)
            .param("state", state.text())
            .param("by", permit.caller().id())
            .param("now", SqlTime.of(clock.instant()))
            .param("until", SqlTime.of(until))
            .param("reason", SqlText.of(reason))
            .param("id", id)
            .query((row, _) -> Changed.read(row))
            .optional();
    decided.ifPresent(
        finding ->
            audit.append(
                about(AuditEntry.of(type, permit), finding)
                    .result(null, reason)
                    .changes(changes(finding, until))));
    return decided.isPresent();
  }

  /** Reopens an accepted or snoozed finding. Returns false if it is neither. */
  @Transactional
  boolean reopen(Permit.Write permit, UUID id, @Nullable String reason) {
    Optional<Changed> reopened =
        jdbc.sql(
                "update finding f set state = 'open', "
                    + UNDECIDED
                    + " where f.id = :id and f.state in ('accepted', 'snoozed')"
                    + CHANGED)
            .param("id", id)
            .query((row, _) -> Changed.read(row))
            .optional();
    reopened.ifPresent(
        finding ->
            audit.append(
                about(AuditEntry.of(AuditType.FINDING_REOPENED, permit), finding)
                    .result(null, reason)
                    .changes(changes(finding, null))));
    return reopened.isPresent();
  }
}
