package dev.rekey.credential;

import dev.rekey.access.Permit;
import dev.rekey.credential.AdoptionLedger.Adopted;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import java.time.Clock;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Adds credentials to the inventory that were not minted by Rekey. */
@Component
class Adoption {

  private final AdoptionLedger ledger;
  private final OpenMutations open;
  private final Clock clock;

  Adoption(AdoptionLedger ledger, OpenMutations open, Clock clock) {
    this.ledger = ledger;
    this.open = open;
    this.clock = clock;
  }

  /**
   * Reads a credential at its upstream, and records it as adopted. Throws a problem if the upstream
   * does not return it, if it is deleted, or if Rekey may still delete it.
   */
  Adopted adopt(Permit.Write permit, Upstream upstream, PathId id) {
    Instant requestedAt = clock.instant();
    UpstreamCredential seen =
        UpstreamProblems.valueOrThrow(upstream.name(), upstream.read(permit.subject(), id));
    if (seen.deletedAt() != null) {
      throw ProblemType.WRONG_STATE.with(
          "The credential is deleted or revoked at " + upstream.name() + ".");
    }
    if (seen.attempt() != null && open.isReservedByOpenAttempt(seen.attempt())) {
      throw ProblemType.WRONG_STATE.with(
          "A rotation of unknown outcome minted the credential, and Rekey may still delete it."
              + " See the rotations of the subject.");
    }
    return ledger.adopt(permit, seen, requestedAt);
  }
}
