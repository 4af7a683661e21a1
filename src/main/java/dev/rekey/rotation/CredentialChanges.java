package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.platform.Problem;
import dev.rekey.platform.ProblemType;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Listing;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
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

  CredentialChanges(ChangeLedger ledger) {
    this.ledger = ledger;
  }

  /** Changes what is not null in the request; throws a problem for every outcome but success. */
  public UpstreamCredential update(
      Permit.Write permit, Listing upstream, PathId id, Label changes) {
    return run(
        ChangeKind.UPDATE,
        permit,
        id,
        changes,
        () -> upstream.update(permit.subject(), id, changes));
  }

  /**
   * Ends a credential; one that is gone already is a success. Throws a problem for every other
   * outcome.
   *
   * @param kind what the upstream calls it
   */
  public void retire(ChangeKind kind, Permit.Write permit, Upstream upstream, PathId id) {
    run(kind, permit, id, Label.NONE, () -> upstream.retire(permit.subject(), id));
  }

  private <T> T run(
      ChangeKind kind, Permit.Write permit, PathId id, Label update, Supplier<Reply<T>> call) {
    var opened = ledger.open(kind, permit, id, update);
    Outcome<T> outcome = Outcome.of(call.get());
    close(opened, outcome);
    var upstream = permit.subject().upstream();
    return switch (outcome) {
      case Outcome.Succeeded<T>(var value) -> value;
      case Outcome.NotAttempted<T>(var obstacle) ->
          throw UpstreamProblems.notSent(upstream, obstacle).exception();
      case Outcome.Rejected<T>(var refusal) ->
          throw UpstreamProblems.refusal(upstream, refusal).exception();
      case Outcome.Unknown<T>(var why, var _) -> throw unknown(permit, why).exception();
    };
  }

  private void close(ChangeLedger.Opened opened, Outcome<?> outcome) {
    try {
      ledger.close(opened, outcome);
    } catch (DataAccessException | TransactionException e) {
      log.error(
          "{} of {} at {} ended {} but this could not be recorded: {}",
          opened.kind(),
          opened.target(),
          opened.permit().subject(),
          outcome.state(),
          e.getClass().getSimpleName());
    }
  }

  private static Problem unknown(Permit.Write permit, String why) {
    return ProblemType.CHANGE_OUTCOME_UNKNOWN.with(
        "The request was sent to "
            + permit.subject().upstream()
            + ", but "
            + why
            + ". Read the credential to see; repeating the request does no harm.");
  }
}
