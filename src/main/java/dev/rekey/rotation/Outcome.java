package dev.rekey.rotation;

import dev.rekey.audit.AuditOutcome;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream.Retired;
import org.jspecify.annotations.Nullable;

/** How a change at an upstream ended, as far as the evidence goes. */
sealed interface Outcome<T> {

  /** It took effect. */
  record Succeeded<T>(T value) implements Outcome<T> {}

  /** Nothing was sent; repeating is safe. */
  record NotAttempted<T>(Reply.Obstacle obstacle) implements Outcome<T> {}

  /** The upstream refused it before acting. */
  record Rejected<T>(Reply.ErrorStatus<T> refusal) implements Outcome<T> {}

  /** It may have taken effect; never repeated by us. */
  record Unknown<T>(String why, @Nullable Integer upstreamStatus) implements Outcome<T> {}

  /**
   * The evidence table of docs/rotation.md. Whatever is not sure to have been refused, or never
   * sent, is unknown.
   */
  static <T> Outcome<T> of(Reply<T> reply) {
    return switch (reply) {
      case Reply.Success<T>(var value) -> new Succeeded<>(value);
      case Reply.NotSent<T>(var obstacle) -> new NotAttempted<>(obstacle);
      case Reply.ErrorStatus<T> error when error.isRefusal() -> new Rejected<>(error);
      case Reply.ErrorStatus<T>(int status, var _, var _) ->
          new Unknown<>("the upstream answered " + status, status);
      case Reply.Unusable<T>(var flaw) -> new Unknown<>(flaw.toString(), null);
      case Reply.Lost<T>(var loss) -> new Unknown<>(loss.toString(), null);
    };
  }

  default MutationState state() {
    return switch (this) {
      case Succeeded<T> _ -> MutationState.SUCCEEDED;
      case NotAttempted<T> _ -> MutationState.NOT_ATTEMPTED;
      case Rejected<T> _ -> MutationState.REJECTED;
      case Unknown<T> _ -> MutationState.UNKNOWN;
    };
  }

  default AuditOutcome audited() {
    return switch (this) {
      case Succeeded<T> _ -> AuditOutcome.SUCCEEDED;
      case NotAttempted<T> _ -> AuditOutcome.NOT_ATTEMPTED;
      case Rejected<T> _ -> AuditOutcome.REJECTED;
      case Unknown<T> _ -> AuditOutcome.UNKNOWN;
    };
  }

  /** Why it ended so, in words that are safe to store; null where there is nothing to add. */
  default @Nullable String reason() {
    return switch (this) {
      case Succeeded<T>(var value) -> value == Retired.ALREADY_GONE ? "it was gone already" : null;
      case NotAttempted<T>(var obstacle) -> obstacle.toString();
      case Rejected<T>(Reply.ErrorStatus<T>(int status, String message, var _)) ->
          "the upstream answered " + status + (message.isEmpty() ? "" : ": " + message);
      case Unknown<T>(var why, var _) -> why;
    };
  }

  /** The status of the upstream's refusal or failure; null if there was none. */
  default @Nullable Integer upstreamStatus() {
    return switch (this) {
      case Succeeded<T> _, NotAttempted<T> _ -> null;
      case Rejected<T>(var refusal) -> refusal.status();
      case Unknown<T>(var _, var status) -> status;
    };
  }
}
