package dev.rekey.rotation;

import dev.rekey.audit.AuditOutcome;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream.Retired;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a change at an upstream ended, as far as the evidence goes. */
sealed interface Outcome<T> {

  /** It took effect. */
  record Succeeded<T>(T value) implements Outcome<T> {}

  /** Nothing was sent; repeating is safe. */
  record NotAttempted<T>(Reply.Obstacle obstacle) implements Outcome<T> {}

  /**
   * The upstream refused it before acting.
   *
   * @param status the refusal's
   * @param message what the upstream said, scrubbed; empty if nothing
   * @param retryAfter as it came, or null
   */
  record Rejected<T>(int status, String message, @Nullable String retryAfter)
      implements Outcome<T> {}

  /**
   * It may have taken effect; never repeated by us.
   *
   * @param upstreamStatus the status of a failure; null if there was none
   * @param made what it made, if so much is known; nobody has its secret
   */
  record Unknown<T>(String why, @Nullable Integer upstreamStatus, @Nullable PathId made)
      implements Outcome<T> {}

  /**
   * It took effect and was undone, before anybody got the secret.
   *
   * @param made what is gone again
   */
  record Compensated<T>(PathId made, String why) implements Outcome<T> {}

  /**
   * The evidence table of docs/rotation.md. Whatever is not sure to have been refused, or never
   * sent, is unknown.
   */
  static <T> Outcome<T> of(Reply<T> reply) {
    return switch (reply) {
      case Reply.Success<T>(var value) -> new Succeeded<>(value);
      case Reply.NotSent<T>(var obstacle) -> new NotAttempted<>(obstacle);
      case Reply.ErrorStatus<T> error when error.isRefusal() ->
          new Rejected<>(error.status(), error.message(), error.retryAfter());
      case Reply.ErrorStatus<T>(int status, var _, var _) ->
          new Unknown<>("the upstream answered " + status, status, null);
      case Reply.Unusable<T>(var flaw, var made) -> new Unknown<>(flaw.toString(), null, made);
      case Reply.Lost<T>(var loss) -> new Unknown<>(loss.toString(), null, null);
    };
  }

  default MutationState state() {
    return switch (this) {
      case Succeeded<T> _ -> MutationState.SUCCEEDED;
      case NotAttempted<T> _ -> MutationState.NOT_ATTEMPTED;
      case Rejected<T> _ -> MutationState.REJECTED;
      case Unknown<T> _ -> MutationState.UNKNOWN;
      case Compensated<T> _ -> MutationState.COMPENSATED;
    };
  }

  default AuditOutcome audited() {
    return switch (this) {
      case Succeeded<T> _ -> AuditOutcome.SUCCEEDED;
      case NotAttempted<T> _ -> AuditOutcome.NOT_ATTEMPTED;
      case Rejected<T> _ -> AuditOutcome.REJECTED;
      case Unknown<T> _ -> AuditOutcome.UNKNOWN;
      case Compensated<T> _ -> AuditOutcome.NOT_APPLIED;
    };
  }

  /** Why it ended so, in words that are safe to store; null where there is nothing to add. */
  default @Nullable String reason() {
    return switch (this) {
      case Succeeded<T>(var value) -> value == Retired.ALREADY_GONE ? "it was gone already" : null;
      case NotAttempted<T>(var obstacle) -> obstacle.toString();
      case Rejected<T>(int status, String message, var _) ->
          "the upstream answered " + status + (message.isEmpty() ? "" : ": " + message);
      case Unknown<T>(var why, var _, var _) -> why;
      case Compensated<T>(var _, var why) -> why;
    };
  }

  /** The same outcome with another value. */
  default <R> Outcome<R> map(Function<T, R> function) {
    return switch (this) {
      case Succeeded<T>(var value) -> new Succeeded<>(function.apply(value));
      case NotAttempted<T>(var obstacle) -> new NotAttempted<>(obstacle);
      case Rejected<T>(var status, var message, var retryAfter) ->
          new Rejected<>(status, message, retryAfter);
      case Unknown<T>(var why, var status, var made) -> new Unknown<>(why, status, made);
      case Compensated<T>(var made, var why) -> new Compensated<>(made, why);
    };
  }
}
