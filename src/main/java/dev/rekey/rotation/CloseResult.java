package dev.rekey.rotation;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The result of recording an outcome. */
sealed interface CloseResult {

  /**
   * The outcome is recorded.
   *
   * @param credential the new credential in the inventory; null if there is none
   * @param oldCreatedAt when the credential that it replaces was created; null if it replaces none,
   *     if that is not known, or if the outcome was recorded before
   */
  record Recorded(@Nullable UUID credential, @Nullable Instant oldCreatedAt)
      implements CloseResult {}

  /** Another replica has taken the attempt over. The new credential must not be delivered. */
  record Fenced() implements CloseResult {}
}
