package dev.rekey.upstream;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Translates an upstream's failures to problems. */
public final class UpstreamProblems {

  private static final String SECONDS_IF_BUSY = "5";

  private UpstreamProblems() {}

  /** The value of a read; throws a problem for every other reply. */
  public static <T> T valueOrThrow(UpstreamName upstream, Reply<T> reply) {
    return switch (reply) {
      case Reply.Success<T>(var value) -> value;
      case Reply.ErrorStatus<T> error when error.isRefusal() ->
          throw refusal(upstream, error.status(), error.message(), error.retryAfter());
      case Reply.ErrorStatus<T> error ->
          throw failed(upstream, "it returned status " + error.status());
      case Reply.Unusable<T>(var flaw, var _) -> throw failed(upstream, flaw.toString());
      case Reply.NotSent<T>(var obstacle) -> throw notSent(upstream, obstacle);
      case Reply.Lost<T>(var loss) when loss == Loss.TIMED_OUT ->
          throw ProblemType.UPSTREAM_TIMED_OUT.with(
              upstream + " did not respond in time. Nothing was changed; repeat the request.");
      case Reply.Lost<T>(var loss) -> throw failed(upstream, loss.toString());
    };
  }

  /** The problem for a refusal; its message is scrubbed and may be empty. */
  public static ProblemException refusal(
      UpstreamName upstream, int status, String message, @Nullable String retryAfter) {
    String said = message.isEmpty() ? "" : " Its message: " + message;
    return switch (status) {
      case 401, 403 ->
          ProblemType.UPSTREAM_DENIED_US.with(
              upstream
                  + " does not accept Rekey's own credential, or does not permit it to do this."
                  + " Nothing was changed. Tell Rekey's operators.");
      case 429 -> {
        var problem =
            ProblemType.UPSTREAM_RATE_LIMITED.with(
                upstream
                    + " did nothing, because it receives too many requests. Repeat the request"
                    + " later."
                    + said);
        yield retryAfter == null ? problem : problem.header(HttpHeaders.RETRY_AFTER, retryAfter);
      }
      case 400, 404, 409, 422 -> refused(upstream, status, said).status(HttpStatus.valueOf(status));
      default -> refused(upstream, status, said);
    };
  }

  /** The problem for a request that was not sent. */
  public static ProblemException notSent(UpstreamName upstream, Obstacle obstacle) {
    ProblemException problem =
        (obstacle == Obstacle.TOO_MANY_CALLS
                ? ProblemType.UPSTREAM_RATE_LIMITED
                : ProblemType.UPSTREAM_UNAVAILABLE)
            .with(
                "Nothing was sent to %s: %s. It is safe to repeat the request."
                    .formatted(upstream, obstacle));
    return switch (obstacle) {
      case TOO_BUSY, TOO_MANY_CALLS -> problem.header(HttpHeaders.RETRY_AFTER, SECONDS_IF_BUSY);
      default -> problem;
    };
  }

  private static ProblemException refused(UpstreamName upstream, int status, String said) {
    return ProblemType.UPSTREAM_REFUSED
        .with(upstream + " refused this with status " + status + "." + said)
        .member("upstreamStatus", status);
  }

  private static ProblemException failed(UpstreamName upstream, String how) {
    return ProblemType.UPSTREAM_FAILED.with(
        upstream + " failed: " + how + ". Nothing was changed; repeat the request later.");
  }
}
