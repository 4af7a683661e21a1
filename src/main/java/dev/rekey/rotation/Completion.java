package dev.rekey.rotation;

import dev.rekey.platform.Deadline;
import dev.rekey.rotation.UpstreamRotationMetrics.InFlight;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Gives a new credential the end of a description that had no room next to the attempt's id. With
 * the whole description, the credential no longer tells which attempt made it, so the attempt
 * records the credential first: the reconciler then finds it without.
 */
@Component
class Completion {

  private final OpeningLedger ledger;

  Completion(OpeningLedger ledger) {
    this.ledger = ledger;
  }

  /** The credential with its whole description. After any other reply it must not be delivered. */
  Reply<Minted> complete(OpenAttempt attempt, Minted minted, Deadline deadline, InFlight inFlight) {
    RotationRequest request = attempt.request();
    String description = request.naming().description();
    if (!minted.isShortened() || description == null) {
      return new Reply.Success<>(minted);
    }
    if (!isRecorded(attempt, minted)) {
      return new Reply.NotSent<>(Obstacle.NO_LEASE);
    }
    var upstream = (ListableUpstream) request.upstream();
    var made = minted.credential().id();
    return inFlight
        .atUpstream(() -> upstream.complete(request.subject(), made, description, deadline))
        .flatMap(whole -> new Reply.Success<>(new Minted(whole, minted.secret())));
  }

  private boolean isRecorded(OpenAttempt attempt, Minted minted) {
    try {
      return ledger.recordMade(attempt, minted.credential().id());
    } catch (DataAccessException | TransactionException e) {
      return false;
    }
  }
}
