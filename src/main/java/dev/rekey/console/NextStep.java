package dev.rekey.console;

import dev.rekey.rotation.Need;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationView;
import dev.rekey.rotation.RotationView.Delivery;
import org.jspecify.annotations.Nullable;

/** Says what to do next about a rotation, by the facts that the API shows. */
final class NextStep {

  private static final String NOTHING = " Nothing is to be done.";
  private static final String AGAIN = " Rotate again if a new credential is still needed.";

  private NextStep() {}

  /** One to three sentences. */
  static String of(RotationView rotation) {
    return switch (rotation.state()) {
      case PENDING -> "Rekey is working on it. Load the page again in a moment.";
      case SUCCEEDED -> succeeded(rotation);
      case NOT_ATTEMPTED -> "Nothing was sent, so nothing has changed." + AGAIN;
      case REJECTED ->
          "The upstream refused it, and nothing has changed. Remove the cause, then rotate again.";
      case UNKNOWN -> unknown(rotation);
      case NOT_APPLIED -> "It was sent, and had no effect." + AGAIN;
      case ORPHAN_REMOVED ->
          "It made a credential whose secret nobody received, and Rekey has removed that." + AGAIN;
      case COMPENSATED ->
          "It made a credential that could not be recorded, and Rekey has removed that." + AGAIN;
      case SUPERSEDED ->
          "A later rotation replaced the credential that it may have made." + NOTHING;
      case RESOLVED -> "An admin has closed it." + NOTHING;
    };
  }

  private static String unknown(RotationView rotation) {
    return rotation.needs().contains(Need.RESOLUTION)
        ? "Find out at the upstream whether it made a credential. Then rotate again, or an admin"
            + " closes it with a reason."
        : "Rekey is finding out whether it made a credential." + NOTHING;
  }

  private static String succeeded(RotationView rotation) {
    if (rotation.needs().contains(Need.DELIVERY)) {
      return "The secret did not reach its target. Remove the cause that the last failure names,"
          + (rotation.possible().contains(Action.REISSUE)
              ? " then reissue the credential."
              : " then rotate again with a delivery.");
    }
    if (rotation.needs().contains(Need.CONFIRMATION)) {
      return rotation.possible().contains(Action.REVERT)
          ? "Both credentials are valid. Confirm if the new one works, so that Rekey removes the"
              + " old one. Revert if it does not."
          : "Both credentials are valid. Confirm if the new one works, so that Rekey removes the"
              + " old one.";
    }
    if (rotation.reissuedAs() != null) {
      return "It was reissued. See the rotation that replaced it.";
    }
    if (rotation.revertedAt() != null) {
      return "It was reverted, so the old credential stays." + NOTHING;
    }
    return delivering(rotation.delivery())
        ? "Rekey is delivering the secret." + NOTHING
        : settled(rotation);
  }

  private static boolean delivering(@Nullable Delivery delivery) {
    return delivery != null
        && switch (delivery.state()) {
          case RESERVED, OUTSTANDING -> true;
          case DELIVERED, PARKED, SUPERSEDED -> false;
        };
  }

  private static String settled(RotationView rotation) {
    if (rotation.retirements().stream().anyMatch(each -> each.doneAt() == null)) {
      return "Rekey removes the old credential when its time is up." + NOTHING;
    }
    return rotation.possible().contains(Action.CONFIRM)
        ? "Rekey waits for the first use of the new credential, which confirms it. If it is known"
            + " to work, you can confirm it now."
        : "It is finished." + NOTHING;
  }
}
