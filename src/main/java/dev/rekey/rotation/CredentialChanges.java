package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.credential.OpenMutations;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Updates, deletes and revokes credentials: open, call, close. */
@Component
public class CredentialChanges {

  private static final Logger log = LoggerFactory.getLogger(CredentialChanges.class);

  private final ChangeLedger ledger;
  private final OwnLogins ownLogins;
  private final OpenMutations open;
  private final SecretDeliveryLedger deliveries;
  private final Clock clock;

  CredentialChanges(
      ChangeLedger ledger,
      OwnLogins ownLogins,
      OpenMutations open,
      SecretDeliveryLedger deliveries,
      Clock clock) {
    this.ledger = ledger;
    this.ownLogins = ownLogins;
    this.open = open;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** Changes the parts that are not null. Throws a problem for every outcome except success. */
  public UpstreamCredential update(
      Permit.Write permit, ListableUpstream upstream, PathId id, CredentialNaming changes) {
    var by = Initiator.caller(permit);
    return valueOrThrow(
        permit.subject(),
        run(
            ChangeKind.UPDATE,
            by,
            id,
            changes,
            () -> upstream.update(by.subject(), id, changes, this::mayBeSoughtFor)));
  }

  private boolean mayBeSoughtFor(UUID attempt) {
    try {
      return open.isReservedByOpenAttempt(attempt);
    } catch (DataAccessException | TransactionException e) {
      return true;
    }
  }

  /**
   * Deletes or revokes a credential, as its upstream calls it. One that is gone already is a
   * success. Throws a problem for every outcome except success.
   *
   * @param force see {@link OwnLogins}
   */
  public void retire(
      ChangeKind kind, Permit.Write permit, Upstream upstream, PathId id, boolean force) {
    ownLogins.requireForce(permit, upstream, id, force);
    deliveries.refuseIfOutstanding(permit.subject(), id);
    valueOrThrow(
        permit.subject(),
        run(
            kind,
            Initiator.caller(permit),
            id,
            CredentialNaming.NONE,
            () -> upstream.retire(permit.subject(), id)));
  }

  private <T> Outcome<T> run(
      ChangeKind kind, Initiator by, PathId id, CredentialNaming update, Supplier<Reply<T>> call) {
    return send(ledger.open(kind, by, id, null, update), call);
  }

  /** Steps 2 and 3 of a committed change. */
  <T> Outcome<T> send(OpenChange open, Supplier<Reply<T>> call) {
    Instant sent = clock.instant();
    Outcome<T> outcome =
        Outcome.of(
            open.sendBy().hasPassed() ? new Reply.NotSent<>(Reply.Obstacle.NO_LEASE) : call.get());
    close(open, outcome, sent);
    return outcome;
  }

  static <T> T valueOrThrow(Subject subject, Outcome<T> outcome) {
    var upstream = subject.upstream();
    return switch (outcome) {
      case Outcome.Succeeded<T>(var value) -> value;
      case Outcome.NotAttempted<T>(var obstacle) ->
          throw UpstreamProblems.notSent(upstream, obstacle);
      case Outcome.Rejected<T>(int status, var message, var retryAfter) ->
          throw UpstreamProblems.refusal(upstream, status, message, retryAfter);
      case Outcome.Unknown<T>(var why, var _, var _) ->
          throw ProblemType.CHANGE_OUTCOME_UNKNOWN.with(
              "The request was sent to "
                  + upstream
                  + ", but "
                  + why
                  + ". Read the credential to see its state. It is safe to repeat the request.");
      case Outcome.Withheld<T> _, Outcome.Compensated<T> _ ->
          throw new IllegalStateException("no reply means " + outcome.state());
    };
  }

  // If this fails, the change stays PENDING. The reconciler finds it when its lease has expired.
  private void close(OpenChange open, Outcome<?> outcome, Instant sent) {
    try {
      ledger.close(open, outcome, sent);
    } catch (DataAccessException | TransactionException e) {
      log.error(
          "The outcome {} of {} {} of {} could not be recorded yet: {}",
          outcome.state(),
          open.kind(),
          open.target(),
          open.by().subject(),
          e.getClass().getSimpleName());
    }
  }
}
