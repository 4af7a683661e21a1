package dev.rekey.rotation;

import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An outcome that is to be recorded for an attempt, whose rows are locked.
 *
 * @param occurredAt when the outcome was known, if the caller has its response already; else null
 */
record Closing(
    OpenAttempt attempt,
    Row row,
    Outcome<UpstreamCredential> outcome,
    @Nullable Instant occurredAt) {

  /**
   * The attempt as it is in the database.
   *
   * @param isLast whether the rotation has no later attempt
   * @param credential the rotation's credential; null if it has none
   */
  record Row(MutationState state, int epoch, boolean isLast, @Nullable UUID credential) {}

  /** The result of recording an outcome. */
  sealed interface Result {}

  /**
   * The outcome is recorded.
   *
   * @param credential the new credential in the inventory; null if there is none
   * @param oldCreatedAt when the credential that it replaces was created; null if that is not
   *     known, if it replaces none, or if the outcome was recorded before
   */
  record Recorded(@Nullable UUID credential, @Nullable Instant oldCreatedAt) implements Result {}

  /** Another replica has taken the attempt over. The new credential must not be delivered. */
  record Fenced() implements Result {}

  RotationRequest request() {
    return attempt.request();
  }

  /** Whether no other replica has taken the attempt over. */
  boolean isOurs() {
    return row.epoch() == attempt.epoch();
  }

  boolean isSuccess() {
    return outcome instanceof Outcome.Succeeded;
  }

  /** Success was recorded by this replica in any case, because only the sender learns of it. */
  boolean isRecorded() {
    return row.state() == outcome.state() && (isOurs() || isSuccess());
  }

  boolean isPossible() {
    return row.state().next().contains(outcome.state());
  }

  @Nullable String reason() {
    return isOurs() || outcome.reason() != null
        ? outcome.reason()
        : "recorded after its lease had expired";
  }
}
