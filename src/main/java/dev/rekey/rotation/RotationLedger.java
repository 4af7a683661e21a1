package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.credential.Credentials.Previous;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.UpstreamProblems;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Steps 1 and 3 of a rotation, each one short transaction. */
@Component
class RotationLedger {

  /** Official clients give up repeating by themselves within this time. */
  private static final Duration REPEATS_WITHIN = Duration.ofMinutes(5);

  private final JdbcClient jdbc;
  private final Credentials credentials;
  private final RotationStatuses standings;
  private final RotationDecisionLedger overlaps;
  private final AuditLog audit;
  private final RotationProperties properties;
  private final Clock clock;

  RotationLedger(
      JdbcClient jdbc,
      Credentials credentials,
      RotationStatuses standings,
      RotationDecisionLedger overlaps,
      AuditLog audit,
      RotationProperties properties,
      Clock clock) {
    this.jdbc = jdbc;
    this.credentials = credentials;
    this.standings = standings;
    this.overlaps = overlaps;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * An attempt that may be sent.
   *
   * @param epoch as long as the attempt's is the same, nobody else has taken it over
   */
  record Opened(UUID rotation, UUID attempt, int epoch, RotationRequest wish) {

    UpstreamName upstream() {
      return wish.subject().upstream();
    }
  }

  /** What became of the wish to write down how an attempt ended. */
  sealed interface Closing {

    /**
     * It is written down.
     *
     * @param credential the new one in the inventory; null if there is none
     * @param replacedSince when the one was made whose place it takes; null if there is none, if
     *     nobody knows, or if this was recorded before
     */
    record Recorded(@Nullable UUID credential, @Nullable Instant replacedSince)
        implements Closing {}

    /** Its lease ran out and others act on it: what it made must not be handed over. */
    record Fenced() implements Closing {}
  }

  /**
   * Writes the wish down, or finds what the same wish led to before. Unless this returns, nothing
   * may be sent; it throws a problem for everything that stands against it.
   */
  @Transactional
  Opened open(UUID id, RotationRequest wish) {
    IdempotencyKey key = wish.key();
    if (key == null) {
      if ((wish.overlap() != null && wish.reissueOf() == null)
          || properties.requiresIdempotencyKey(wish.subject())) {
        throw RotationProblems.keyRequired().exception();
      }
      return first(id, wish);
    }
    String principal = principal(wish.permit());
    // Two requests under one key wait for each other here, on whatever replicas they are.
    jdbc.sql("select pg_advisory_xact_lock(:lock)")
        .param("lock", key.lock(principal))
        .query((_, _) -> 1)
        .list();
    Optional<Earlier> earlier = earlier(principal, key);
    if (earlier.isEmpty()) {
      Opened opened = first(id, wish);
      remember(principal, key, wish, opened.rotation());
      return opened;
    }
    refuseReuse(earlier.get(), wish.requestHash());
    touch(principal, key);
    return again(earlier.get().rotation(), wish);
  }

  /**
   * Throws what a request under this key leads to if it can lead to no new attempt, so that nobody
   * has to ask an upstream to find out.
   *
   * @param request as {@link RotationRequest#request()}
   */
  @Transactional
  void refuseRepetition(Permit.Write permit, IdempotencyKey key, String request) {
    earlier(principal(permit), key)
        .ifPresent(
            earlier -> {
              refuseReuse(earlier, RotationRequest.hash(request));
              refuseUnlessRepeatable(
                  earlier.rotation(), permit.subject(), ended(earlier.rotation()));
            });
  }

  private static String principal(Permit.Write permit) {
    return permit.caller().id();
  }

  private static void refuseReuse(Earlier earlier, String requestHash) {
    if (!earlier.requestHash().equals(requestHash)) {
      throw RotationProblems.keyReused(earlier.rotation()).exception();
    }
  }

  private record Earlier(UUID rotation, String requestHash) {}

  private Optional<Earlier> earlier(String principal, IdempotencyKey key) {
    return jdbc.sql(
            "select rotation_id, request_hash from idempotency_key"
                + " where principal = :principal and key_hash = :hash")
        .param("principal", principal)
        .param("hash", key.hash())
        .query((row, _) -> new Earlier(row.getObject(1, UUID.class), row.getString(2)))
        .optional();
  }

  // A key that is still used is not an old one.
  private void touch(String principal, IdempotencyKey key) {
    jdbc.sql(
            "update idempotency_key set created_at = :at"
                + " where principal = :principal and key_hash = :key")
        .param("principal", principal)
        .param("key", key.hash())
        .param("at", SqlTime.of(clock.instant()))
        .update();
  }

  private void remember(String principal, IdempotencyKey key, RotationRequest wish, UUID rotation) {
    jdbc.sql("insert into idempotency_key values (:principal, :key, :request, :rotation, :at)")
        .param("principal", principal)
        .param("key", key.hash())
        .param("request", wish.requestHash())
        .param("rotation", rotation)
        .param("at", SqlTime.of(clock.instant()))
        .update();
  }

  private Opened first(UUID id, RotationRequest wish) {
    wish.admission().run();
    Permit.Write permit = wish.permit();
    Overlap overlap = wish.overlap();
    Duration grace = overlap == null ? null : overlap.grace();
    int rows =
        jdbc.sql(
                """
                insert into rotation (
                  id, upstream, subject, target, name, description, state, actor_id,
                  actor_client_id, actor_team, request_id, trace_id, requested_at, replaces,
                  reissue_of, grace_seconds, confirm_on_first_use)
                values (
                  :id, :upstream, :subject, :target, :name, :description, 'PENDING', :actor,
                  :client, :team, :request, :trace, :at, :replaces,
                  :reissueOf, :grace, :onFirstUse)
                on conflict (upstream, target) where state = 'PENDING' do nothing
                """)
            .param("id", id)
            .param("upstream", wish.subject().upstream().value())
            .param("subject", wish.subject().name())
            .param("target", wish.target())
            .param("name", wish.label().name())
            .param("description", wish.label().description())
            .param("actor", permit.caller().id())
            .param("client", permit.caller().clientId())
            .param("team", permit.team())
            .param("request", permit.caller().request().requestId())
            .param("trace", permit.caller().request().traceId())
            .param("at", SqlTime.of(clock.instant()))
            .param("replaces", overlap == null ? null : overlap.replaces())
            .param("reissueOf", wish.reissueOf())
            .param("grace", grace == null ? null : (int) grace.toSeconds())
            .param("onFirstUse", overlap != null && overlap.confirmOnFirstUse())
            .update();
    if (rows == 0) {
      throw RotationProblems.inProgress(pending(wish).orElse(null)).exception();
    }
    return attempt(id, 1, wish);
  }

  private Optional<UUID> pending(RotationRequest wish) {
    return jdbc.sql(
            "select id from rotation"
                + " where upstream = :upstream and target = :target and state = 'PENDING'")
        .param("upstream", wish.subject().upstream().value())
        .param("target", wish.target())
        .query(UUID.class)
        .optional();
  }

  private Opened attempt(UUID rotation, int number, RotationRequest wish) {
    UUID attempt = Ids.next();
    jdbc.sql(
            """
            insert into rotation_attempt (id, rotation_id, number, state, started_at, lease_until)
            values (:id, :rotation, :number, 'PENDING', clock_timestamp(),
              clock_timestamp() + make_interval(secs => :lease))
            """)
        .param("id", attempt)
        .param("rotation", rotation)
        .param("number", number)
        .param("lease", properties.lease().toMillis() / 1000.0)
        .update();
    audit.append(AuditEntry.of(AuditType.ROTATION_REQUESTED, wish.permit()).rotation(rotation));
    return new Opened(rotation, attempt, 0, wish);
  }

  private record Ended(
      MutationState state,
      @Nullable UUID credential,
      int attempts,
      @Nullable Integer upstreamStatus,
      @Nullable String upstreamMessage) {}

  private Ended ended(UUID rotation) {
    return jdbc.sql(
            """
            select r.state, r.credential_id, a.number, a.upstream_status, a.upstream_message
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where r.id = :id order by a.number desc limit 1 for no key update of r
            """)
        .param("id", rotation)
        .query(RotationLedger::ended)
        .single();
  }

  private static void refuseUnlessRepeatable(UUID rotation, Subject subject, Ended ended) {
    switch (ended.state()) {
      case PENDING -> throw RotationProblems.stillOpen(rotation).exception();
      case UNKNOWN, SUPERSEDED, RESOLVED ->
          throw RotationProblems.unresolved(rotation, ended.state()).exception();
      case SUCCEEDED ->
          throw RotationProblems.secretNotReplayable(rotation, ended.credential()).exception();
      case REJECTED -> refuseAgain(rotation, subject, ended);
      case NOT_ATTEMPTED, NOT_APPLIED, ORPHAN_REMOVED, COMPENSATED -> {}
    }
  }

  private Opened again(UUID rotation, RotationRequest wish) {
    lockReissued(wish);
    Ended ended = ended(rotation);
    refuseUnlessRepeatable(rotation, wish.subject(), ended);
    wish.admission().run();
    Optional<UUID> other = pending(wish);
    if (other.isPresent()) {
      throw RotationProblems.inProgress(other.get()).exception();
    }
    jdbc.sql(
            """
            update rotation set state = 'PENDING', reason = null, closed_at = null,
              credential_id = null, delivered_at = null, confirmed_at = null, reverted_at = null,
              unconfirmed_at = null, next_look_at = null
            where id = :id
            """)
        .param("id", rotation)
        .update();
    return attempt(rotation, ended.attempts() + 1, wish);
  }

  // Of all refusals, only "too many requests" is not about this request.
  private static void refuseAgain(UUID rotation, Subject subject, Ended ended) {
    int status = ended.upstreamStatus() == null ? 0 : ended.upstreamStatus();
    if (status != HttpStatus.TOO_MANY_REQUESTS.value()) {
      String message = ended.upstreamMessage() == null ? "" : ended.upstreamMessage();
      throw RotationProblems.of(
              UpstreamProblems.refusal(subject.upstream(), status, message, null), rotation)
          .exception();
    }
  }

  private static Ended ended(ResultSet row, int index) throws SQLException {
    return new Ended(
        MutationState.valueOf(row.getString("state")),
        row.getObject("credential_id", UUID.class),
        row.getInt("number"),
        row.getObject("upstream_status", Integer.class),
        row.getString("upstream_message"));
  }

  /** Whether the attempt is still this replica's to send, on the database's clock. */
  @Transactional(readOnly = true)
  boolean maySend(Opened opened) {
    return jdbc.sql(
            "select lease_until > clock_timestamp() and epoch = :epoch and state = 'PENDING'"
                + " from rotation_attempt where id = :id")
        .param("id", opened.attempt())
        .param("epoch", opened.epoch())
        .query(Boolean.class)
        .single();
  }

  /**
   * Writes down how an attempt ended. Can be called again where it is not known whether the call
   * before took: it then finds what that one wrote.
   *
   * @param since when it ended, if the caller has had its answer and only the record is late; else
   *     null
   */
  @Transactional
  Closing close(Opened opened, Outcome<UpstreamCredential> outcome, @Nullable Instant since) {
    Attempt attempt = lock(opened);
    boolean ours = attempt.epoch() == opened.epoch();
    // Of a success nobody but who sent it can have written, whoever took the attempt over since.
    if (attempt.state() == outcome.state() && (ours || outcome instanceof Outcome.Succeeded)) {
      return new Closing.Recorded(attempt.credential(), null);
    }
    if (!ours && outcome instanceof Outcome.Succeeded && since == null) {
      boolean deliver =
          !opened.wish().isAdditive()
              && attempt.state().next().contains(MutationState.SUCCEEDED)
              && !hasNewer(opened);
      if (!deliver) {
        return new Closing.Fenced();
      }
    }
    if (attempt.state().next().contains(outcome.state())) {
      return record(opened, attempt, outcome, ours, since);
    }
    if (outcome instanceof Outcome.Unknown<UpstreamCredential>(var _, var _, PathId made)
        && made != null) {
      toBeRemoved(opened, made);
    } else if (since != null
        && outcome instanceof Outcome.Succeeded<UpstreamCredential>(var made)) {
      return new Closing.Recorded(tooLate(opened, attempt, made, since), null);
    }
    return new Closing.Recorded(attempt.credential(), null);
  }

  private record Attempt(
      MutationState state, int epoch, boolean isLast, @Nullable UUID credential) {}

  private Attempt lock(Opened opened) {
    lockReissued(opened.wish());
    return jdbc.sql(
            """
            select a.state, a.epoch, r.credential_id,
              not exists (select from rotation_attempt b
                where b.rotation_id = r.id and b.number > a.number) as is_last
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where a.id = :attempt for no key update of r, a
            """)
        .param("attempt", opened.attempt())
        .query(
            (row, _) ->
                new Attempt(
                    MutationState.valueOf(row.getString("state")),
                    row.getInt("epoch"),
                    row.getBoolean("is_last"),
                    row.getObject("credential_id", UUID.class)))
        .single();
  }

  // Before the rotation that reissues it, wherever both are locked.
  private void lockReissued(RotationRequest wish) {
    if (wish.reissueOf() != null) {
      standings.hold(wish.reissueOf());
    }
  }

  private boolean hasNewer(Opened opened) {
    return jdbc.sql(
            """
            select exists (
              select from rotation r join rotation_attempt a on a.rotation_id = r.id
              where r.upstream = :upstream and r.target = :target and a.started_at >
                (select started_at from rotation_attempt where id = :attempt))
            """)
        .param("upstream", opened.wish().subject().upstream().value())
        .param("target", opened.wish().target())
        .param("attempt", opened.attempt())
        .query(Boolean.class)
        .single();
  }

  private Closing.Recorded record(
      Opened opened,
      Attempt attempt,
      Outcome<UpstreamCredential> outcome,
      boolean ours,
      @Nullable Instant since) {
    Instant now = clock.instant();
    RotationRequest wish = opened.wish();
    PathId made = made(outcome);
    UUID credential = attempt.credential();
    Previous previous = null;
    if (outcome instanceof Outcome.Succeeded<UpstreamCredential>(var minted)) {
      credential = credentials.recordMint(wish.subject(), minted, opened.rotation(), now);
      if (!wish.isListed() && wish.overlap() == null && wish.reissueOf() == null) {
        previous = credentials.previous(wish.subject(), credential).orElse(null);
      }
    } else if (outcome instanceof Outcome.Compensated<UpstreamCredential>(var gone, var _)) {
      credentials.markRetired(wish.subject(), gone, now);
    }
    String reason =
        ours || outcome.reason() != null ? outcome.reason() : "known after its lease had run out";
    update(opened, outcome, reason, made, now);
    if (attempt.isLast()) {
      jdbc.sql(
              """
              update rotation set state = :state, reason = :reason, credential_id = :credential,
                closed_at = :at, replaces = coalesce(replaces, :previous),
                next_look_at = case when :state = 'SUCCEEDED' and confirm_on_first_use
                  then clock_timestamp() end
              where id = :id
              """)
          .param("id", opened.rotation())
          .param("state", outcome.state().name())
          .param("reason", reason)
          .param("credential", credential)
          .param("at", SqlTime.of(now))
          .param("previous", previous == null ? null : previous.id())
          .update();
    }
    if (outcome instanceof Outcome.Succeeded && !wish.isAdditive()) {
      supersede(opened);
    }
    if (outcome instanceof Outcome.Succeeded && wish.reissueOf() != null && credential != null) {
      overlaps.reissued(wish.reissueOf(), opened.rotation(), credential, wish.permit());
    }
    audit.append(
        AuditEntry.of(type(outcome), wish.permit())
            .rotation(opened.rotation())
            .credential(made, made == null ? null : credential)
            .ended(outcome.audited(), reason)
            .backfilled(since));
    return outcome instanceof Outcome.Succeeded
        ? new Closing.Recorded(credential, replacedSince(wish, previous))
        : new Closing.Recorded(null, null);
  }

  private static @Nullable Instant replacedSince(
      RotationRequest wish, @Nullable Previous previous) {
    Overlap overlap = wish.reissueOf() == null ? wish.overlap() : null;
    return overlap != null ? overlap.since() : previous != null ? previous.createdAt() : null;
  }

  private void update(
      Opened opened,
      Outcome<UpstreamCredential> outcome,
      @Nullable String reason,
      @Nullable PathId made,
      Instant now) {
    boolean look = outcome instanceof Outcome.Unknown && (made != null || opened.wish().isListed());
    var rejected = outcome instanceof Outcome.Rejected<UpstreamCredential> refusal ? refusal : null;
    var unknown = outcome instanceof Outcome.Unknown<UpstreamCredential> doubt ? doubt : null;
    jdbc.sql(
            """
            update rotation_attempt set state = :state, reason = :reason,
              upstream_status = :status, upstream_message = :message,
              upstream_id = coalesce(:made, upstream_id), closed_at = :at,
              next_check_at = case when :look then clock_timestamp() end
            where id = :id
            """)
        .param("id", opened.attempt())
        .param("state", outcome.state().name())
        .param("reason", reason)
        .param(
            "status",
            rejected != null
                ? Integer.valueOf(rejected.status())
                : unknown != null ? unknown.upstreamStatus() : null)
        .param("message", rejected == null ? null : rejected.message())
        .param("made", made == null ? null : made.value())
        .param("at", SqlTime.of(now))
        .param("look", look)
        .update();
  }

  static @Nullable PathId made(Outcome<UpstreamCredential> outcome) {
    return switch (outcome) {
      case Outcome.Succeeded<UpstreamCredential>(var credential) -> credential.id();
      case Outcome.Compensated<UpstreamCredential>(var made, var _) -> made;
      case Outcome.Unknown<UpstreamCredential>(var _, var _, var made) -> made;
      case Outcome.NotAttempted<UpstreamCredential> _, Outcome.Rejected<UpstreamCredential> _ ->
          null;
    };
  }

  // Others have concluded meanwhile; what it made is nobody's, and its id is known now.
  private void toBeRemoved(Opened opened, PathId made) {
    jdbc.sql(
            "update rotation_attempt set upstream_id = :made, next_check_at = clock_timestamp()"
                + " where id = :id and state in ('UNKNOWN', 'NOT_APPLIED')")
        .param("id", opened.attempt())
        .param("made", made.value())
        .update();
  }

  // Closed for good meanwhile, but the caller has the secret: inventory and history have to know.
  private UUID tooLate(Opened opened, Attempt attempt, UpstreamCredential made, Instant since) {
    RotationRequest wish = opened.wish();
    UUID credential =
        credentials.recordMint(wish.subject(), made, opened.rotation(), clock.instant());
    audit.append(
        AuditEntry.of(AuditType.ROTATION_SUCCEEDED, wish.permit())
            .rotation(opened.rotation())
            .credential(made.id(), credential)
            .ended(new Outcome.Succeeded<>(made).audited(), "known after it was " + attempt.state())
            .backfilled(since));
    return credential;
  }

  private void supersede(Opened opened) {
    List<UUID> superseded =
        jdbc.sql(
                """
                select r.id from rotation r
                where r.upstream = :upstream and r.target = :target and r.state = 'UNKNOWN'
                  and r.id <> :rotation and exists (
                    select from rotation_attempt a
                    where a.rotation_id = r.id and a.state = 'UNKNOWN' and a.started_at <=
                      (select started_at from rotation_attempt where id = :attempt))
                order by r.id for no key update
                """)
            .param("upstream", opened.wish().subject().upstream().value())
            .param("target", opened.wish().target())
            .param("rotation", opened.rotation())
            .param("attempt", opened.attempt())
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    for (UUID rotation : superseded) {
      String reason = "rotation " + opened.rotation() + " took its place";
      jdbc.sql(
              "update rotation_attempt set state = 'SUPERSEDED', next_check_at = null,"
                  + " epoch = epoch + 1 where rotation_id = :id and state = 'UNKNOWN'")
          .param("id", rotation)
          .update();
      jdbc.sql("update rotation set state = 'SUPERSEDED', reason = :reason where id = :id")
          .param("id", rotation)
          .param("reason", reason)
          .update();
      audit.append(
          AuditEntry.ofRekey(AuditType.ROTATION_SUPERSEDED, opened.wish().subject())
              .rotation(rotation)
              .ended(null, reason));
    }
  }

  /** Notes that the answer with the secret was written out. */
  @Transactional
  void delivered(UUID rotation, Instant at) {
    jdbc.sql("update rotation set delivered_at = :at where id = :id and delivered_at is null")
        .param("id", rotation)
        .param("at", SqlTime.of(at))
        .update();
  }

  /** The rotation that a request repeats which says of itself that it is a repetition. */
  @Transactional(readOnly = true)
  Optional<UUID> repeated(RotationRequest wish) {
    return jdbc.sql(
            """
            select id from rotation
            where actor_id = :actor and subject = :subject and target = :target
              and requested_at > :since and state in ('PENDING', 'SUCCEEDED', 'UNKNOWN')
            order by requested_at desc limit 1
            """)
        .param("actor", wish.permit().caller().id())
        .param("subject", wish.subject().name())
        .param("target", wish.target())
        .param("since", SqlTime.of(clock.instant().minus(REPEATS_WITHIN)))
        .query(UUID.class)
        .optional();
  }

  static AuditType type(Outcome<UpstreamCredential> outcome) {
    return switch (outcome) {
      case Outcome.Succeeded<UpstreamCredential> _ -> AuditType.ROTATION_SUCCEEDED;
      case Outcome.NotAttempted<UpstreamCredential> _ -> AuditType.ROTATION_NOT_ATTEMPTED;
      case Outcome.Rejected<UpstreamCredential> _ -> AuditType.ROTATION_REJECTED;
      case Outcome.Unknown<UpstreamCredential> _ -> AuditType.ROTATION_UNKNOWN;
      case Outcome.Compensated<UpstreamCredential> _ -> AuditType.ROTATION_COMPENSATED;
    };
  }
}
