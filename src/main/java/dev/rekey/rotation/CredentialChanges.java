package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.Problem;
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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Changes and ends credentials: open, call, close. */
@Component
public class CredentialChanges {

  private static final Logger log = LoggerFactory.getLogger(CredentialChanges.class);

  private final ChangeLedger ledger;
  private final Clock clock;

  CredentialChanges(ChangeLedger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Changes what is not null in the request; throws a problem for every outcome but success. */
  public UpstreamCredential update(
      Permit.Write permit, ListableUpstream upstream, PathId id, CredentialNaming changes) {
    var by = new Initiator.OfCaller(permit);
    return valueOrThrow(
        permit.subject(),
        run(ChangeKind.UPDATE, by, id, changes, () -> upstream.update(by.subject(), id, changes)));
  }

  /**
   * Ends a credential; one that is gone already is a success. Throws a problem for every other
   * outcome.
   *
   * @param kind what the upstream calls it
   */
  public void retire(ChangeKind kind, Permit.Write permit, Upstream upstream, PathId id) {
    valueOrThrow(
        permit.subject(),
        run(
            kind,
            new Initiator.OfCaller(permit),
            id,
            CredentialNaming.NONE,
            () -> upstream.retire(permit.subject(), id)));
  }

  private <T> Outcome<T> run(
      ChangeKind kind, Initiator by, PathId id, CredentialNaming update, Supplier<Reply<T>> call) {
    return send(ledger.open(kind, by, id, null, update), call);
  }

  /** Steps 2 and 3 of a change that was written down. */
  <T> Outcome<T> send(ChangeLedger.Opened opened, Supplier<Reply<T>> call) {
    Instant sent = clock.instant();
    Outcome<T> outcome =
        Outcome.of(maySend(opened) ? call.get() : new Reply.NotSent<>(Reply.Obstacle.NO_LEASE));
    close(opened, outcome, sent);
    return outcome;
  }

  // Others may have concluded, from what the upstream showed, that this was never sent.
  private boolean maySend(ChangeLedger.Opened opened) {
    try {
      return ledger.maySend(opened);
    } catch (DataAccessException | TransactionException e) {
      return false;
    }
  }

  static <T> T valueOrThrow(Subject subject, Outcome<T> outcome) {
    var upstream = subject.upstream();
    return switch (outcome) {
      case Outcome.Succeeded<T>(var value) -> value;
      case Outcome.NotAttempted<T>(var obstacle) ->
          throw UpstreamProblems.notSent(upstream, obstacle).exception();
      case Outcome.Rejected<T>(int status, var message, var retryAfter) ->
          throw UpstreamProblems.refusal(upstream, status, message, retryAfter).exception();
      case Outcome.Unknown<T>(var why, var _, var _) -> throw unknown(subject, why).exception();
      case Outcome.Compensated<T> _ ->
          throw new IllegalStateException("no reply says that something was undone");
    };
  }

  // What stays PENDING here, the reconciler finds when its lease has run out.
  private void close(ChangeLedger.Opened opened, Outcome<?> outcome, Instant sent) {
    try {
      ledger.close(opened, outcome, sent);
    } catch (DataAccessException | TransactionException e) {
      log.error(
          "{} of {} at {} ended {} but this could not be recorded yet: {}",
          opened.kind(),
          opened.target(),
          opened.by().subject(),
          outcome.state(),
          e.getClass().getSimpleName());
    }
  }

  private static Problem unknown(Subject subject, String why) {
    return ProblemType.CHANGE_OUTCOME_UNKNOWN.with(
        "The request was sent to "
            + subject.upstream()
            + ", but "
            + why
            + ". Read the credential to see; repeating the request does no harm.");
  }
}
