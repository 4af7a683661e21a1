package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The outcome of a call to an upstream, as far as there is evidence for it. */
public sealed interface Reply<T> {

  /** A complete, valid 2xx response. */
  record Success<T>(T value) implements Reply<T> {}

  /**
   * A complete response with another status; redirects are not followed.
   *
   * @param message the upstream's error message without possible secrets, at most 300 characters;
   *     empty if none
   * @param retryAfter its {@code Retry-After}, unchanged; null if absent or malformed
   */
  record ErrorStatus<T>(int status, String message, @Nullable String retryAfter)
      implements Reply<T> {

    /**
     * Whether the status means that the upstream did not act: 4xx except 408 and 499, which proxies
     * send when they stop waiting; of the 5xx, only 501.
     */
    public boolean isRefusal() {
      return status == 501 || (status >= 400 && status < 500 && status != 408 && status != 499);
    }
  }

  /** The upstream acted, but the result is unusable; {@code made} is the new id, if readable. */
  record Unusable<T>(Flaw flaw, @Nullable PathId made) implements Reply<T> {

    public Unusable(Flaw flaw) {
      this(flaw, null);
    }
  }

  /** The request did not reach the upstream, so nothing can have happened. */
  record NotSent<T>(Obstacle obstacle) implements Reply<T> {}

  /** The request was sent, or may have been, and no complete response arrived. */
  record Lost<T>(Loss loss) implements Reply<T> {}

  /** The fault of a 2xx response. */
  enum Flaw {
    UNPARSABLE("the response could not be parsed"),
    OVERSIZED("the response was larger than allowed"),
    SECRET_MISSING("the response had no secret"),
    SECRET_REPEATED("the response repeated its secret in another field"),
    OTHER_CREDENTIAL("the response described another credential"),
    ENDLESS("its list has no end");

    private final String text;

    Flaw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The reason why a request did not reach the upstream. */
  enum Obstacle {
    NAME_NOT_RESOLVED("its host name could not be resolved"),
    NOT_CONNECTED("no connection could be established"),
    PROXY_FAILED("the outgoing proxy established no connection to it"),
    TLS_FAILED("no TLS session could be established"),
    NO_TOKEN("Rekey got no access token"),
    TOO_BUSY("too many calls to it are in progress"),
    TOO_MANY_CALLS("the caller has too many calls to it in progress"),
    ASKED_TO_PAUSE("it asked Rekey to pause"),
    TOO_LATE("there was no time left to send the request"),
    NO_LEASE("its time ran out before it could be sent, or Rekey's database became unavailable"),
    NOT_READ("the current state could not be read first"),
    NOT_SETTLED(
        "it is not known yet whether the credential was delivered, and until then its description"
            + " can have at most 454 characters"),
    INTERCEPTED("a proxy in front of it returned 404 in its place");

    private final String text;

    Obstacle(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Why no complete response arrived. */
  enum Loss {
    TIMED_OUT("no response arrived in time"),
    BROKEN("the connection broke before the response was complete");

    private final String text;

    Loss(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Whether the upstream may or may not have acted. */
  default boolean isOutcomeUnknown() {
    return switch (this) {
      case Success<T> _, NotSent<T> _ -> false;
      case ErrorStatus<T> error -> !error.isRefusal();
      case Unusable<T> _, Lost<T> _ -> true;
    };
  }

  /** Applies the function to the value of a success; keeps any other reply. */
  default <R> Reply<R> flatMap(Function<T, Reply<R>> function) {
    return switch (this) {
      case Success<T>(var value) -> function.apply(value);
      case ErrorStatus<T>(var status, var message, var retryAfter) ->
          new ErrorStatus<>(status, message, retryAfter);
      case Unusable<T>(var flaw, var made) -> new Unusable<>(flaw, made);
      case NotSent<T>(var obstacle) -> new NotSent<>(obstacle);
      case Lost<T>(var loss) -> new Lost<>(loss);
    };
  }
}
