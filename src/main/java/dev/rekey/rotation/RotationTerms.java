package dev.rekey.rotation;

import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.CredentialNaming;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for when a new credential is to replace an old one.
 *
 * @param naming the new credential's name and description; null parts are copied from the old one
 * @param grace how long the old credential stays valid after the confirmation; null for the default
 * @param confirmOnFirstUse whether the first use of the new credential confirms the rotation
 */
public record RotationTerms(
    CredentialNaming naming, @Nullable Duration grace, boolean confirmOnFirstUse) {

  public static final Duration MAX_GRACE = Duration.ofDays(30);

  /** A request's grace, null for none; throws a problem unless it is 0 to 30 days. */
  public static @Nullable Duration grace(@Nullable Long seconds) {
    if (seconds == null) {
      return null;
    }
    if (seconds < 0 || seconds > MAX_GRACE.toSeconds()) {
      throw ProblemType.INVALID_REQUEST.with(
          "graceSeconds has to be 0 to " + MAX_GRACE.toSeconds() + ", which is 30 days.");
    }
    return Duration.ofSeconds(seconds);
  }
}
