package dev.rekey.policy;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A time at which a policy wants a credential rotated. */
sealed interface RotateWhen {

  /** At an age. */
  record AfterCreate(Duration age) implements RotateWhen {}

  /**
   * Some time before the expiry at the upstream, but not in the first half of the credential's
   * life: otherwise each new credential could be due at once.
   */
  record BeforeExpiry(Duration lead) implements RotateWhen {}

  /** The time for a credential; null for never. */
  default @Nullable Instant of(Standing credential) {
    Instant expiry = credential.expiresAt();
    return switch (this) {
      case AfterCreate(var age) -> credential.createdAt().plus(age);
      case BeforeExpiry(var lead) ->
          expiry == null
              ? null
              : Instants.later(expiry.minus(lead), half(credential.createdAt(), expiry));
    };
  }

  private static Instant half(Instant created, Instant expiry) {
    return created.plus(Duration.between(created, expiry).dividedBy(2));
  }
}
