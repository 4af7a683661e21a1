package dev.rekey.rotation;

import dev.rekey.audit.AuditLog;
import dev.rekey.credential.Credentials;
import dev.rekey.credential.Credentials.Previous;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlText;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Mint;
import dev.rekey.rotation.RotationRequest.Replacement;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Step 3 of a rotation: records the outcome of an attempt. */
@Component
class ClosingLedger {

  private static final String UPDATE =
      """
      changed as (
        update rotation_attempt set state = :state, reason = :reason,
          upstream_status = :status, upstream_message = :message,
          upstream_id = coalesce(:made, upstream_id), closed_at = :at,
          next_check_at = case when :reconcile then clock_timestamp() end
        where id = :attempt returning id),
      rotated as (
        update rotation set state = :state, reason = :reason, credential_id = :credential,
          closed_at = :at, replaces = coalesce(replaces, :previous),
          next_look_at = case when :state = 'SUCCEEDED' and confirm_on_first_use
            and not :delivering then clock_timestamp() end
        where id = :rotation and :isLast)
      """;

  private final JdbcClient jdbc;
  private final Credentials credentials;
  private final RotationDecisionLedger decisions;
  private final SecretDeliveryLedger deliveries;
  private final AuditLog audit;
  private final Clock clock;

  ClosingLedger(
      JdbcClient jdbc,
      Credentials credentials,
      RotationDecisionLedger decisions,
      SecretDeliveryLedger deliveries,
      AuditLog audit,
      Clock clock) {
    this.jdbc = jdbc;
    this.credentials = credentials;
    this.decisions = decisions;
    this.deliveries = deliveries;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Records the outcome of an attempt. May be called again if a commit's response was lost: it then
   * finds what the first call recorded. For the parameters see {@link Closing}.
   */
  @Transactional
  Closing.Result close(
      OpenAttempt attempt, Outcome<UpstreamCredential> outcome, @Nullable Instant occurredAt) {
    var closing = new Closing(attempt, lock(attempt), outcome, occurredAt);
    if (closing.isRecorded()) {
      return new Closing.Recorded(closing.row().credential(), null);
    }
    if (closing.isSuccess() && !closing.isOurs() && occurredAt == null && !mayDeliver(closing)) {
      return new Closing.Fenced();
    }
    return closing.isPossible() ? record(closing) : recordAfterConclusion(closing);
  }

  private Closing.Row lock(OpenAttempt attempt) {
    decisions.lock(attempt.request());
    return jdbc.sql(
            """
            select a.state, a.epoch, r.credential_id as credential,
              not exists (select from rotation_attempt b
                where b.rotation_id = r.id and b.number > a.number) as is_last
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where a.id = :attempt for no key update of r, a
            """)
        .param("attempt", attempt.id())
        .query(Closing.Row.class)
        .single();
  }

  // A replacing upstream may have revoked the old credential: then the new secret is worth more
  // than a clean record.
  private boolean mayDeliver(Closing closing) {
    return !closing.request().isAdditive() && closing.isPossible() && !hasNewer(closing.attempt());
  }

  private boolean hasNewer(OpenAttempt attempt) {
    return jdbc.sql(
            """
            select exists (
              select from rotation r join rotation_attempt a on a.rotation_id = r.id
              where r.upstream = :upstream and r.target = :target and a.started_at >
                (select started_at from rotation_attempt where id = :attempt))
            """)
        .param("upstream", attempt.upstream().value())
        .param("target", attempt.request().target())
        .param("attempt", attempt.id())
        .query(Boolean.class)
        .single();
  }

  private Closing.Recorded record(Closing closing) {
    Instant now = clock.instant();
    return switch (closing.outcome()) {
      case Outcome.Succeeded<UpstreamCredential>(var made) -> recordSuccess(closing, made, now);
      case Outcome.Compensated<UpstreamCredential>(var gone, var _) -> {
        credentials.markRetired(closing.attempt().subject(), gone, now);
        yield recordWithoutCredential(closing, now);
      }
      case Outcome.NotAttempted<UpstreamCredential> _,
          Outcome.Withheld<UpstreamCredential> _,
          Outcome.Rejected<UpstreamCredential> _,
          Outcome.Unknown<UpstreamCredential> _ ->
          recordWithoutCredential(closing, now);
    };
  }

  private Closing.Recorded recordWithoutCredential(Closing closing, Instant now) {
    update(closing, closing.row().credential(), null, now);
    deliveries.notMinted(closing.attempt(), closing.outcome());
    return new Closing.Recorded(null, null);
  }

  private Closing.Recorded recordSuccess(Closing closing, UpstreamCredential made, Instant now) {
    OpenAttempt attempt = closing.attempt();
    RotationRequest request = closing.request();
    UUID credential = credentials.recordMint(attempt.subject(), made, attempt.rotation(), now);
    Previous previous = previous(request, credential);
    update(closing, credential, previous == null ? null : previous.id(), now);
    if (!request.isAdditive()) {
      decisions.supersede(attempt);
      deliveries.replaced(attempt);
    }
    deliveries.minted(attempt, credential);
    decisions.reissued(request, attempt.rotation(), credential);
    return new Closing.Recorded(
        credential,
        request.purpose() instanceof Replacement replacement
            ? replacement.oldCreatedAt()
            : previous == null ? null : previous.createdAt());
  }

  private @Nullable Previous previous(RotationRequest request, UUID credential) {
    return request.isListable() || !(request.purpose() instanceof Mint)
        ? null
        : credentials.previous(request.subject(), credential).orElse(null);
  }

  /** Updates the attempt and its rotation and appends the event, in one statement. */
  private void update(
      Closing closing, @Nullable UUID credential, @Nullable UUID previous, Instant now) {
    OpenAttempt attempt = closing.attempt();
    Outcome<UpstreamCredential> outcome = closing.outcome();
    PathId made = outcome.made();
    var params = new HashMap<String, @Nullable Object>();
    params.put("attempt", attempt.id());
    params.put("rotation", attempt.rotation());
    params.put("isLast", closing.row().isLast());
    params.put("state", outcome.state().name());
    params.put("reason", SqlText.of(closing.reason()));
    params.put("status", outcome.upstreamStatus());
    params.put(
        "message",
        SqlText.of(
            outcome instanceof Outcome.Rejected<UpstreamCredential> rejected
                ? rejected.message()
                : null));
    params.put("made", SqlText.of(made == null ? null : made.value()));
    params.put("at", SqlTime.of(now));
    params.put(
        "reconcile",
        outcome instanceof Outcome.Unknown && (made != null || closing.request().isListable()));
    // A first use counts once the target has the secret.
    params.put("delivering", closing.request().delivery() != DeliveryMode.NONE);
    params.put("credential", credential);
    params.put("previous", previous);
    boolean isUpdated =
        audit.append(
            attempt.closed(outcome, credential, closing.reason(), closing.occurredAt()),
            new SqlPart(UPDATE, params));
    if (!isUpdated) {
      throw new IllegalStateException("the attempt was closed meanwhile, although it is locked");
    }
  }

  /** The reconciler, an admin or a newer rotation has concluded the attempt in another way. */
  private Closing.Recorded recordAfterConclusion(Closing closing) {
    UUID credential = closing.row().credential();
    switch (closing.outcome()) {
      case Outcome.Unknown<UpstreamCredential>(var _, var _, PathId made) when made != null ->
          removeLater(closing.attempt(), made);
      case Outcome.Succeeded<UpstreamCredential>(var made) when closing.occurredAt() != null ->
          credential = recordDelivered(closing, made);
      default -> {}
    }
    return new Closing.Recorded(credential, null);
  }

  // The secret of what the attempt made was not delivered, and its id is known now.
  private void removeLater(OpenAttempt attempt, PathId made) {
    jdbc.sql(
            "update rotation_attempt set upstream_id = :made, next_check_at = clock_timestamp()"
                + " where id = :id and state in ('UNKNOWN', 'NOT_APPLIED')")
        .param("id", attempt.id())
        .param("made", made.value())
        .update();
  }

  // The rotation cannot change any more, but the caller has the secret: inventory and history need
  // the credential.
  private UUID recordDelivered(Closing closing, UpstreamCredential made) {
    OpenAttempt attempt = closing.attempt();
    UUID credential =
        credentials.recordMint(attempt.subject(), made, attempt.rotation(), clock.instant());
    audit.append(
        attempt.closed(
            closing.outcome(),
            credential,
            "recorded after it was " + closing.row().state(),
            closing.occurredAt()));
    return credential;
  }

  /** When the response with the secret of a rotation was written. */
  record Delivered(UUID rotation, Instant at) {}

  /** Records when responses were written; the first time of each rotation counts. */
  @Transactional
  void delivered(List<Delivered> responses) {
    jdbc.sql(
            """
            update rotation set delivered_at = d.at
            from unnest(:rotations, cast(:times as timestamptz[])) d (id, at)
            where rotation.id = d.id and rotation.delivered_at is null
            """)
        .param("rotations", responses.stream().map(Delivered::rotation).toArray(UUID[]::new))
        .param("times", responses.stream().map(each -> each.at().toString()).toArray(String[]::new))
        .update();
  }
}
