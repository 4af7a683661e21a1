package dev.rekey.automation;

import dev.rekey.automation.PlannedRotation.Attempts;
import dev.rekey.policy.NextRotation;
import java.util.Objects;

/** Says what a rotation waits for. */
final class Explanation {

  private Explanation() {}

  /** One or two sentences. */
  static String of(PlannedRotation planned) {
    NextRotation next = planned.next();
    Attempts attempts = planned.attempts();
    return switch (next.waitsFor()) {
      case DUE_TIME ->
          next.dueAt() == null
              ? "It has no expiry, and no rule of the policy is about its age."
              : "It is due at %s.%s".formatted(next.dueAt(), start(planned));
      case FIRST_SLOT ->
          "It was overdue when the policy became new to it. Its place in the ramp is at %s.%s"
              .formatted(next.at(), broken(planned));
      case WINDOW ->
          "It is due since %s. Its place in the next change window is at %s."
              .formatted(next.dueAt(), next.at());
      case RETRY ->
          "%s. The next try is at %s.%s"
              .formatted(Attempts.failed(attempts.tries()), next.at(), broken(planned));
      case TURN -> "It is due, and starts as soon as a place is free." + broken(planned);
      case ROTATION ->
          "A rotation or delivery of it is not finished or was given up, see its rotations. After a parked delivery, rotate it with Rekey-Deliver.";
      case OWN_LOGIN -> "Rekey itself logs in with a credential that this would end.";
      case PAUSE -> {
        Pause pause = Objects.requireNonNull(planned.pause());
        yield "%s paused it %s".formatted(pause.pausedBy(), until(pause));
      }
      case AUTOMATION_HALTED -> {
        Pause pause = planned.pause();
        String tries = attempts.tries() == 1 ? "Its try" : "All " + attempts.tries() + " tries";
        String halted = tries + " failed. An admin has to resume it.";
        yield pause == null
            ? halted
            : halted
                + " That also ends the pause of %s %s".formatted(pause.pausedBy(), until(pause));
      }
      case CREDENTIAL ->
          planned.candidates().isEmpty()
              ? "The inventory has no active credential of it."
              : "It has %d active credentials, and none was delivered to the target. Rotate the right one with Rekey-Deliver."
                  .formatted(planned.candidates().size());
      case DELIVERY_TARGET -> throw new IllegalStateException("covered subjects have a target");
    };
  }

  private static String until(Pause pause) {
    return "until %s: %s".formatted(pause.until(), pause.reason());
  }

  private static String start(PlannedRotation planned) {
    NextRotation next = planned.next();
    return next.at() == null || next.at().equals(next.dueAt())
        ? broken(planned)
        : " It starts at %s, by jitter or change window.%s".formatted(next.at(), broken(planned));
  }

  private static String broken(PlannedRotation planned) {
    return planned.next().breaksWindow() && planned.current() != null
        ? " That is outside its change window, because it expires at %s, before the next one."
            .formatted(planned.current().expiresAt())
        : "";
  }
}
