package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every way in which a call to an upstream can end, told apart by evidence and nothing else. */
public sealed interface Reply<T> {

  /** A complete 2xx answer that makes sense. */
  record Success<T>(T value) implements Reply<T> {}

  /**
   * A complete answer with another status, redirects included.
   *
   * @param message what the upstream says of it: scrubbed, and cut to 300 characters
   * @param retryAfter its {@code Retry-After} as it came, or null
   */
  record ErrorStatus<T>(int status, String message, @Nullable String retryAfter)
      implements Reply<T> {

    /**
     * Whether the upstream says that it did not act. Of the 4xx, 408 and 499 are given by proxies
     * that stopped waiting; of the 5xx, only 501 is a refusal.
     */
    public boolean isRefusal() {
      return status == 501 || (status >= 400 && status < 500 && status != 408 && status != 499);
    }
  }

  /**
   * A 2xx answer that cannot be used: the upstream acted, and what came of it is not known.
   *
   * @param made the credential that it made, if the answer tells so much
   */
  record Unusable<T>(Flaw flaw, @Nullable PathId made) implements Reply<T> {

    public Unusable(Flaw flaw) {
      this(flaw, null);
    }
  }

  /** The request did not go out, or not as far as to the upstream: nothing can have happened. */
  record NotSent<T>(Obstacle obstacle) implements Reply<T> {}

  /** The request went out, or may have, and no complete answer came back. */
  record Lost<T>(Loss loss) implements Reply<T> {}

  /** What is wrong with a 2xx answer. */
  enum Flaw {
    UNPARSABLE("the answer could not be read"),
    OVERSIZED("the answer was larger than allowed"),
    SECRET_MISSING("the answer carried no secret");

    private final String text;

    Flaw(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What kept a request from reaching the upstream. */
  enum Obstacle {
    NAME_NOT_RESOLVED("its host name could not be resolved"),
    NOT_CONNECTED("no connection could be made"),
    TLS_FAILED("no TLS session could be made"),
    NO_TOKEN("it gave us no access token"),
    TOO_BUSY("too many calls to it are under way"),
    ASKED_TO_PAUSE("it asked for a pause"),
    TOO_LATE("there was no time left to send the request"),
    NO_LEASE("its time had run out before it could be sent, or Rekey's database went away"),
    NOT_READ("what is there now could not be read first"),
    INTERCEPTED("something in front of it answered 404 in its place");

    private final String text;

    Obstacle(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** How an answer got lost. */
  enum Loss {
    TIMED_OUT("no answer came in time"),
    BROKEN("the connection broke before the answer was complete");

    private final String text;

    Loss(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Whether the upstream may have acted although it did not say so. */
  default boolean leavesDoubt() {
    return switch (this) {
      case Success<T> _, NotSent<T> _ -> false;
      case ErrorStatus<T> error -> !error.isRefusal();
      case Unusable<T> _, Lost<T> _ -> true;
    };
  }

  /** The same reply with another value; the function may find the value {@link Unusable}. */
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
