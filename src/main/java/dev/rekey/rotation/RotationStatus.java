package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.rekey.platform.PathId;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.upstream.Subject;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The status of a rotation and of its two credentials, and which actions are possible. The API
 * shows and refuses actions by this alone.
 *
 * @param target what has at most one open rotation
 * @param made the credential that it minted; null if there is none
 * @param old the credential that is to be replaced; null if there is none
 * @param terms the naming that was requested, and the terms for the old credential
 * @param decided what has been decided since the mint
 * @param reissueOf the rotation whose lost secret this one replaces; null if none
 * @param delivery how far the delivery of its secret has come; null if it is not delivered
 * @param isReconciling whether the reconciler is still finding out the outcome
 */
public record RotationStatus(
    UUID rotation,
    Subject subject,
    String target,
    MutationState state,
    @Nullable Known made,
    @Nullable OldCredential old,
    RotationTerms terms,
    Decided decided,
    @Nullable UUID reissueOf,
    @Nullable DeliveryState delivery,
    boolean isReconciling) {

  /** A decision about a rotation after its mint. */
  public enum Action {
    /** Retire the old credential, because the new one works. */
    CONFIRM,
    /** Retire the new credential, and keep the old one. */
    REVERT,
    /** Replace the new credential, because its secret was lost. */
    REISSUE,
    /** Close an outcome that stays unknown. */
    RESOLVE;

    /** The name in JSON, which is also the last segment of the route. */
    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A credential in the inventory, with its status there. */
  record Known(UUID id, PathId upstreamId, String status) {

    boolean isActive() {
      return status.equals("ACTIVE");
    }
  }

  /**
   * The credential that is to be replaced.
   *
   * @param isPlanned whether this rotation has scheduled its retirement
   * @param isBeingRetired whether a delete or revoke was sent, or may have been sent
   */
  record OldCredential(Known known, boolean isPlanned, boolean isBeingRetired) {

    private boolean canBeKept() {
      return !isBeingRetired
          && (known.isActive() || (known.status().equals("RETIRING") && isPlanned));
    }
  }

  /**
   * The decisions since the mint.
   *
   * @param reissuedAs the rotation that replaced this one after its secret was lost; null if none
   * @param isBeingReissued whether such a rotation is open
   */
  record Decided(
      boolean isConfirmed,
      boolean isReverted,
      @Nullable UUID reissuedAs,
      boolean isBeingReissued) {}

  /** The old credential with its terms; null if there is none. */
  @Nullable Overlap overlap() {
    return old == null ? null : new Overlap(old.known().id(), terms);
  }

  Set<Action> possible() {
    var possible = EnumSet.noneOf(Action.class);
    for (Action action : Action.values()) {
      if (whyNot(action) == null) {
        possible.add(action);
      }
    }
    return possible;
  }

  /** Throws a {@code wrong-state} problem unless the action is possible. */
  void require(Action action) {
    String reason = whyNot(action);
    if (reason != null) {
      throw RotationProblems.wrongState(this, reason);
    }
  }

  /** Why the action is not possible, as a sentence; null if it is possible. */
  private @Nullable String whyNot(Action action) {
    String closed = action == Action.RESOLVE ? whyNotResolvable() : whyNotDecidable();
    if (closed != null) {
      return closed;
    }
    return switch (action) {
      case CONFIRM -> whyNotConfirmable();
      case REVERT -> whyNotRevertible();
      case REISSUE -> whyNewIsNotRetirable();
      case RESOLVE -> null;
    };
  }

  private @Nullable String whyNotConfirmable() {
    if (decided.isConfirmed()) {
      return "It is already confirmed. To retire the old credential at once, delete or revoke it.";
    }
    if (delivery == DeliveryState.PARKED) {
      return "Its secret was not delivered, so nothing can use the new credential.";
    }
    return old == null || !old.known().isActive()
        ? "There is no old credential, or it is already retiring or retired."
        : null;
  }

  private @Nullable String whyNotRevertible() {
    if (old == null) {
      return "There is no old credential to go back to.";
    }
    if (delivery == DeliveryState.DELIVERED) {
      return "Its secret was delivered, and Rekey does not have the old one. Rotate again.";
    }
    return old.canBeKept()
        ? whyNewIsNotRetirable()
        : "The old credential is already retiring or retired, so you cannot go back to it.";
  }

  private @Nullable String whyNotDecidable() {
    if (state != MutationState.SUCCEEDED) {
      return "The rotation is " + state + ", and has delivered no credential.";
    }
    if (delivery == DeliveryState.RESERVED || delivery == DeliveryState.OUTSTANDING) {
      return "Its secret is being delivered.";
    }
    if (decided.isReverted()) {
      return "The rotation was reverted.";
    }
    if (decided.isBeingReissued()) {
      return "A reissue of the rotation is in progress.";
    }
    return decided.reissuedAs() == null
        ? null
        : "The rotation was reissued. Use rotation " + decided.reissuedAs() + ".";
  }

  private @Nullable String whyNewIsNotRetirable() {
    return made == null || !made.isActive()
        ? "The rotation's new credential is already retiring or retired."
        : null;
  }

  private @Nullable String whyNotResolvable() {
    if (state != MutationState.UNKNOWN) {
      return "Only an UNKNOWN rotation can be resolved, and this one is " + state + ".";
    }
    return isReconciling
        ? "Rekey is still finding out the outcome, and will settle the rotation automatically."
        : null;
  }
}
