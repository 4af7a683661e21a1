package dev.rekey.delivery;

import dev.rekey.platform.PathId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts beside the secret in a place. Each is null if Rekey never delivered there.
 *
 * @param credential its id at the upstream
 */
public record Held(
    @Nullable UUID rotation, @Nullable PathId credential, @Nullable Instant rotatedAt) {

  /** Whether it is the secret of this handover. */
  public boolean is(Handover handover) {
    return handover.rotation().equals(rotation) && handover.credential().equals(credential);
  }

  /** Whether its credential was minted after this time. */
  public boolean isNewerThan(Instant time) {
    return rotatedAt != null && rotatedAt.isAfter(time);
  }
}
