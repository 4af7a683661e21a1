package dev.rekey.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The next rotation of a credential by its policy.
 *
 * @param dueAt when the policy wants it; null for never
 * @param at when Rekey starts it, at the earliest; null if nobody knows yet, or for never
 * @param breaksWindow whether it starts outside the change window, because the credential would
 *     expire before the next one
 */
public record NextRotation(
    @Nullable Instant dueAt, @Nullable Instant at, WaitsFor waitsFor, boolean breaksWindow) {

  static NextRotation blocked(@Nullable Instant dueAt, WaitsFor waitsFor) {
    return new NextRotation(dueAt, null, waitsFor, false);
  }

  /** A credential whose policy cannot rotate it. */
  public static NextRotation never(WaitsFor waitsFor) {
    return blocked(null, waitsFor);
  }

  /** Whether the credential is due at a time. */
  public boolean isOverdue(Instant now) {
    return dueAt != null && dueAt.isBefore(now);
  }

  /** Whether it may start now. */
  public boolean isReady() {
    return waitsFor == WaitsFor.TURN;
  }
}
