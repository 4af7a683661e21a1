package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry.Origin;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlText;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.rotation.RotationRequest.Reissue;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Step 1 of a rotation: commits the request before anything is sent. */
@Component
class OpeningLedger {

  private static final SqlPart REOPEN =
      new SqlPart(
          """
          update rotation set state = 'PENDING', reason = null, closed_at = null,
            credential_id = null, delivered_at = null, confirmed_at = null, reverted_at = null,
            unconfirmed_at = null, next_look_at = null
          where id = :rotation returning id
          """,
          Map.of());

  private final JdbcClient jdbc;
  private final IdempotencyKeys keys;
  private final RepeatedMints repeated;
  private final RotationDecisionLedger decisions;
  private final SecretDeliveryLedger deliveries;
  private final AuditLog audit;
  private final RotationProperties properties;
  private final Clock clock;

  OpeningLedger(
      JdbcClient jdbc,
      IdempotencyKeys keys,
      RepeatedMints repeated,
      RotationDecisionLedger decisions,
      SecretDeliveryLedger deliveries,
      AuditLog audit,
      RotationProperties properties,
      Clock clock) {
    this.jdbc = jdbc;
    this.keys = keys;
    this.repeated = repeated;
    this.decisions = decisions;
    this.deliveries = deliveries;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Opens a rotation with this id, or another attempt of the rotation of an earlier request under
   * the same key. Nothing may be sent unless this returns. Throws a problem if it refuses.
   */
  @Transactional
  OpenAttempt open(UUID id, RotationRequest request) {
    Optional<UUID> earlier = keys.lock(request);
    return earlier.isPresent() ? reopen(earlier.get(), request) : openFirst(id, request);
  }

  /** Same, and refuses a request without a key that may repeat a mint. */
  @Transactional
  OpenAttempt openUnlessRepeated(UUID id, RotationRequest request) {
    OpenAttempt attempt = open(id, request);
    repeated.refuse(request);
    return attempt;
  }

  /**
   * Opens a rotation for a policy. {@code guard} runs in the same transaction; what it throws
   * prevents the rotation.
   */
  @Transactional
  OpenAttempt openGuarded(UUID id, RotationRequest request, Runnable guard) {
    guard.run();
    return openFirst(id, request);
  }

  private OpenAttempt openFirst(UUID id, RotationRequest request) {
    decisions.admit(request);
    OpenAttempt attempt =
        begin(id, 1, request, insertion(request))
            .orElseThrow(() -> RotationProblems.inProgress(pending(request).orElse(null)));
    keys.store(request.identity(), id);
    deliveries.reserve(attempt);
    return attempt;
  }

  private SqlPart insertion(RotationRequest request) {
    Origin origin = request.by().entry(AuditType.ROTATION_REQUESTED).origin();
    RequestInfo from = origin.request();
    Overlap overlap = request.purpose().overlap();
    var params = new HashMap<String, @Nullable Object>();
    params.put("upstream", request.subject().upstream().value());
    params.put("subject", request.subject().name());
    params.put("target", request.target());
    params.put("name", SqlText.of(request.naming().name()));
    params.put("description", SqlText.of(request.naming().description()));
    params.put("actorKind", origin.actor().kind().name());
    params.put("actor", origin.actor().id());
    params.put("client", SqlText.of(origin.actor().clientId()));
    params.put("team", SqlText.of(origin.actor().team()));
    params.put("request", SqlText.of(from == null ? null : from.requestId()));
    params.put("trace", SqlText.of(from == null ? null : from.traceId()));
    params.put("at", SqlTime.of(clock.instant()));
    params.put("replaces", overlap == null ? null : overlap.old());
    params.put("reissueOf", request.purpose() instanceof Reissue reissue ? reissue.lost() : null);
    params.put("grace", overlap == null ? null : overlap.graceSeconds());
    params.put(
        "onFirstUse",
        request.delivery() != DeliveryMode.NONE
            || (overlap != null && overlap.terms().confirmOnFirstUse()));
    return new SqlPart(
        """
        insert into rotation (
          id, upstream, subject, target, name, description, state, actor_kind, actor_id,
          actor_client_id, actor_team, request_id, trace_id, requested_at, replaces,
          reissue_of, grace_seconds, confirm_on_first_use)
        values (
          :rotation, :upstream, :subject, :target, :name, :description, 'PENDING', :actorKind, :actor,
          :client, :team, :request, :trace, :at, :replaces,
          :reissueOf, :grace, :onFirstUse)
        on conflict (upstream, target) where state = 'PENDING' do nothing
        returning id
        """,
        params);
  }

  private Optional<UUID> pending(RotationRequest request) {
    return jdbc.sql(
            "select id from rotation"
                + " where upstream = :upstream and target = :target and state = 'PENDING'")
        .param("upstream", request.subject().upstream().value())
        .param("target", request.target())
        .query(UUID.class)
        .optional();
  }

  private OpenAttempt reopen(UUID rotation, RotationRequest request) {
    decisions.lock(request);
    int attempts = keys.requireRepeatable(rotation, request.subject());
    decisions.admit(request);
    Optional<UUID> other = pending(request);
    if (other.isPresent()) {
      throw RotationProblems.inProgress(other.get());
    }
    return again(rotation, attempts + 1, request);
  }

  /**
   * Opens another attempt of a rotation whose secret was lost before it was delivered. Throws a
   * problem if another rotation of the target is open, or if the claim has expired.
   */
  @Transactional
  OpenAttempt openAgain(DueDelivery due, RotationRequest request) {
    decisions.lock(request);
    int attempts = deliveries.lockLost(due);
    pending(request)
        .ifPresent(
            other -> {
              throw RotationProblems.inProgress(other);
            });
    return again(due.rotation(), attempts + 1, request);
  }

  private OpenAttempt again(UUID rotation, int number, RotationRequest request) {
    OpenAttempt attempt =
        begin(rotation, number, request, REOPEN)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the rotation was closed or opened meanwhile, although it is locked"));
    deliveries.reserve(attempt);
    return attempt;
  }

  /**
   * Opens or reopens a rotation, begins an attempt of it and appends the event, in one statement.
   *
   * @param rotation the statement that opens it; returns its id, or no row if it cannot
   * @return empty if it cannot be opened
   */
  private Optional<OpenAttempt> begin(
      UUID id, int number, RotationRequest request, SqlPart rotation) {
    var attempt = new OpenAttempt(Ids.next(), id, 0, request);
    var params = new HashMap<String, @Nullable Object>(rotation.params());
    params.put("rotation", id);
    params.put("attempt", attempt.id());
    params.put("number", number);
    params.put("lease", SqlTime.seconds(properties.lease()));
    var change =
        new SqlPart(
            """
            opened as (%s),
            changed as (
              insert into rotation_attempt (
                id, rotation_id, number, state, started_at, lease_until)
              select :attempt, opened.id, :number, 'PENDING', clock_timestamp(),
                clock_timestamp() + make_interval(secs => :lease)
              from opened returning id)
            """
                .formatted(rotation.sql()),
            params);
    var requested = request.by().entry(AuditType.ROTATION_REQUESTED).rotation(id);
    return audit.append(requested, change) ? Optional.of(attempt) : Optional.empty();
  }

  /**
   * Records which credential the attempt made, before its secret is delivered. Returns false if
   * another replica may have taken the attempt over.
   */
  @Transactional
  boolean recordMade(OpenAttempt attempt, PathId made) {
    return jdbc.sql(
                """
                update rotation_attempt set upstream_id = :made
                where id = :id and epoch = :epoch and state = 'PENDING'
                  and lease_until > clock_timestamp()
                """)
            .param("id", attempt.id())
            .param("epoch", attempt.epoch())
            .param("made", made.value())
            .update()
        == 1;
  }
}
