package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a rotation and the two credentials that it is about stand, and what can be done with it so.
 * Callers are shown, and refused, by nothing else.
 *
 * @param label what its credential was to be called
 * @param made the credential that it made; null if it made none
 * @param older the one that the new one is to take the place of; null if there is none
 * @param grace how long the older one stays after a confirmation, if that was said
 * @param reissuedAs the rotation that made another credential because the secret was lost, if any
 * @param isLookedFor whether the reconciler is still to find out what became of it
 * @param isBeingReissued whether a reissue of it is under way
 * @param isOlderPlanned whether the older one is to end because of this rotation
 * @param isOlderBeingEnded whether a delete of the older one is under way, or may have happened
 */
record RotationStatus(
    UUID rotation,
    Subject subject,
    MutationState state,
    CredentialNaming label,
    @Nullable Known made,
    @Nullable Known older,
    @Nullable Duration grace,
    boolean confirmOnFirstUse,
    boolean isConfirmed,
    boolean isReverted,
    @Nullable UUID reissuedAs,
    boolean isBeingReissued,
    boolean isLookedFor,
    boolean isOlderPlanned,
    boolean isOlderBeingEnded) {

  /** A credential in the inventory, with its status there. */
  record Known(UUID id, PathId upstreamId, String status) {

    boolean isActive() {
      return status.equals("ACTIVE");
    }

    boolean isRetiring() {
      return status.equals("RETIRING");
    }
  }

  Set<Action> possible() {
    var possible = EnumSet.noneOf(Action.class);
    for (Action action : Action.values()) {
      if (obstacle(action) == null) {
        possible.add(action);
      }
    }
    return possible;
  }

  /** Throws a {@code wrong-state} problem unless this can be done. */
  void demand(Action action) {
    String obstacle = obstacle(action);
    if (obstacle != null) {
      throw RotationProblems.wrongState(this, obstacle).exception();
    }
  }

  /** What stands against it, as a sentence; null if nothing does. */
  private @Nullable String obstacle(Action action) {
    return switch (action) {
      case CONFIRM -> againstConfirm();
      case REVERT -> againstRevert();
      case REISSUE -> againstReissue();
      case RESOLVE -> againstResolve();
    };
  }

  private @Nullable String againstConfirm() {
    String against = againstBoth();
    if (against != null) {
      return against;
    }
    if (isConfirmed) {
      return "It is confirmed already. To end the older credential at once, delete or revoke it.";
    }
    return older == null || !older.isActive()
        ? "There is no older credential, or it is ending or has ended already."
        : null;
  }

  private @Nullable String againstRevert() {
    String against = againstBoth();
    if (against != null) {
      return against;
    }
    if (older == null) {
      return "There is no older credential to go back to.";
    }
    if (isOlderBeingEnded || !(older.isActive() || (older.isRetiring() && isOlderPlanned))) {
      return "The older credential has ended, or is ending; there is no going back to it.";
    }
    return againstEndingTheNew();
  }

  private @Nullable String againstReissue() {
    String against = againstBoth();
    return against != null ? against : againstEndingTheNew();
  }

  private @Nullable String againstBoth() {
    if (state != MutationState.SUCCEEDED) {
      return "The rotation is " + state + ", and has no credential that anybody holds.";
    }
    if (isReverted) {
      return "The rotation was reverted.";
    }
    if (isBeingReissued) {
      return "A reissue of the rotation is under way.";
    }
    return reissuedAs == null
        ? null
        : "The rotation was reissued; what can be done is done with " + reissuedAs + ".";
  }

  private @Nullable String againstEndingTheNew() {
    return made == null || !made.isActive()
        ? "The rotation's own credential is ending or has ended already."
        : null;
  }

  private @Nullable String againstResolve() {
    if (state != MutationState.UNKNOWN) {
      return "Only an UNKNOWN rotation can be resolved, and this one is " + state + ".";
    }
    return isLookedFor
        ? "Rekey is still finding out what became of it, and will settle it by itself."
        : null;
  }
}
