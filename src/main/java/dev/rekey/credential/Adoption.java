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

/** Takes credentials into the inventory that Rekey did not make, once their upstream knows them. */
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

  /** Throws a problem for one that its upstream does not show, or that is not to stay. */
  Adopted adopt(Permit.Write permit, Upstream upstream, PathId id) {
    Instant asked = clock.instant();
    UpstreamCredential seen =
        UpstreamProblems.valueOrThrow(upstream.name(), upstream.read(permit.subject(), id));
    if (seen.deletedAt() != null) {
      throw ProblemType.WRONG_STATE
          .with("It has been ended at " + upstream.name() + ", which only remembers it.")
          .exception();
    }
    if (seen.attempt() != null && open.isReservedByOpenAttempt(seen.attempt())) {
      throw ProblemType.WRONG_STATE
          .with(
              "A rotation made it whose outcome is not settled, and may end it yet. Look at the"
                  + " rotations of the subject.")
          .exception();
    }
    return ledger.adopt(permit, seen, asked);
  }
}
