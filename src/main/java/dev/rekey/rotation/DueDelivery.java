package dev.rekey.rotation;

import dev.rekey.delivery.Handover;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that another replica has left unfinished, and that this replica has claimed.
 *
 * @param target the name of the target
 * @param mode whether the request asked for the secret in the response, too
 * @param minted the credential of the rotation; null if there is none
 * @param attemptState the state of its last attempt
 * @param isReconciling whether the reconciler is still finding out the outcome of that
 * @param hasCaller whether a response with the secret was written
 * @param mints how many credentials were minted, or tried to be minted, for it
 * @param tries the number of claims, including this one
 */
record DueDelivery(
    Claim claim,
    Subject subject,
    String target,
    DeliveryMode mode,
    DeliveryState state,
    @Nullable PathId minted,
    MutationState attemptState,
    boolean isReconciling,
    boolean hasCaller,
    int mints,
    int tries) {

  /** The right to act on a delivery. It ends when another replica raises the epoch. */
  record Claim(UUID rotation, UUID attempt, int epoch) {}

  UUID rotation() {
    return claim.rotation();
  }

  /** The facts beside the secret in the target, if it was delivered. */
  Handover handover() {
    return new Handover(
        rotation(), subject, Objects.requireNonNull(minted), Ids.createdAt(claim.attempt()), null);
  }
}
