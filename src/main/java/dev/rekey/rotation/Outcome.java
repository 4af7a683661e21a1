package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import org.jspecify.annotations.Nullable;

/** The outcome of a change at an upstream, as far as there is evidence. */
sealed interface Outcome<T> {

  /** It took effect. */
  record Succeeded<T>(T value) implements Outcome<T> {}

  /** Nothing was sent; repeating is safe. */
  record NotAttempted<T>(Reply.Obstacle obstacle) implements Outcome<T> {}

  /**
   * Nothing was sent, because the secret could not have been delivered; repeating is safe.
   *
   * @param why a sentence that is safe to store
   */
  record Withheld<T>(String why) implements Outcome<T> {}

  /**
   * The upstream refused it before acting.
   *
   * @param message the upstream's message, scrubbed; empty if there is none
   * @param retryAfter the header's value; null if there is none
   */
  record Rejected<T>(int status, String message, @Nullable String retryAfter)
      implements Outcome<T> {}

  /**
   * It may have taken effect. Rekey never repeats it.
   *
   * @param upstreamStatus the upstream's error status; null if there was no response
   * @param made the credential that was made, if that is known. Its secret was not delivered.
   */
  record Unknown<T>(String why, @Nullable Integer upstreamStatus, @Nullable PathId made)
      implements Outcome<T> {}

  /** It took effect: it made a credential, which was retired before its secret was delivered. */
  record Compensated<T>(PathId made, String why) implements Outcome<T> {}

  /**
   * The evidence table of docs/rotation-internals.md. A change is unknown unless it is certain that
   * it succeeded, was refused or was never sent.
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
      case NotAttempted<T> _, Withheld<T> _ -> MutationState.NOT_ATTEMPTED;
      case Rejected<T> _ -> MutationState.REJECTED;
      case Unknown<T> _ -> MutationState.UNKNOWN;
      case Compensated<T> _ -> MutationState.COMPENSATED;
    };
  }

  /** The reason in text that is safe to store; null if the state says it all. */
  default @Nullable String reason() {
    return switch (this) {
      case Succeeded<T>(var value) -> value == Retired.ALREADY_GONE ? "it was gone already" : null;
      case NotAttempted<T>(var obstacle) -> obstacle.toString();
      case Withheld<T>(var why) -> why;
      case Rejected<T>(int status, String message, var _) ->
          "the upstream answered " + status + (message.isEmpty() ? "" : ": " + message);
      case Unknown<T>(var why, var _, var _) -> why;
      case Compensated<T>(var _, var why) -> why;
    };
  }

  /** The credential that was made, if that is known; null if there is none. */
  default @Nullable PathId made() {
    return switch (this) {
      case Succeeded<T>(var value) -> value instanceof UpstreamCredential made ? made.id() : null;
      case Compensated<T>(var made, var _) -> made;
      case Unknown<T>(var _, var _, var made) -> made;
      case NotAttempted<T> _, Withheld<T> _, Rejected<T> _ -> null;
    };
  }

  /** The upstream's status if it was an error; null for every other kind of evidence. */
  default @Nullable Integer upstreamStatus() {
    return switch (this) {
      case Rejected<T>(int status, var _, var _) -> status;
      case Unknown<T>(var _, var status, var _) -> status;
      case Succeeded<T> _, NotAttempted<T> _, Withheld<T> _, Compensated<T> _ -> null;
    };
  }
}
