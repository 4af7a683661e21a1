package dev.rekey.upstream.http;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.Pause;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Upstream.Retired;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.publisher.Mono;

/** Runs one upstream's calls within limits. Returns a {@link Reply} and never throws. */
public final class UpstreamHttp {

  private static final int MAX_TRIES = 4;
  // How long background work pauses after a 429 without Retry-After.
  private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);
  // A longer wait would leave too little time for the call.
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);

  private final HttpLimits limits;
  private final CallLimiter limiter;
  private final @Nullable CallBudget budget;

  public UpstreamHttp(HttpLimits limits) {
    this(limits, new CallLimiter(limits.maxConcurrentCalls()), null);
  }

  private UpstreamHttp(HttpLimits limits, CallLimiter limiter, @Nullable CallBudget budget) {
    this.limits = limits;
    this.limiter = limiter;
    this.budget = budget;
  }

  /**
   * The same for background work: each request consumes from the budget, gives way to callers, and
   * is not sent while the upstream asks for a pause. Reads are not retried.
   */
  public UpstreamHttp within(CallBudget limit) {
    return new UpstreamHttp(limits, limiter, limit);
  }

  /** Sends a change at most once, and not after the deadline. */
  public <B, T> Reply<T> once(
      Deadline deadline,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader) {
    if (budget != null) {
      budget.take();
    }
    return send(false, deadline, call, reader);
  }

  /** Sends a change at most once, within the read timeout. */
  public <B, T> Reply<T> once(
      Supplier<Mono<ResponseEntity<B>>> call, Function<@Nullable B, Reply<T>> reader) {
    return send(false, readDeadline(), call, reader);
  }

  private <B, T> Reply<T> send(
      boolean isRead,
      Deadline deadline,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader) {
    if (budget != null && limiter.isPaused()) {
      return new Reply.NotSent<>(Obstacle.ASKED_TO_PAUSE);
    }
    Supplier<Reply<T>> exchange = () -> exchange(deadline, call, reader);
    Deadline patience = deadline.atMost(MAX_WAIT);
    Reply<T> reply =
        budget == null
            ? limiter.run(principal(), isRead, patience, exchange)
            : limiter.runInBackground(patience, exchange);
    if (reply instanceof Reply.ErrorStatus<T>(int status, var _, var retryAfter) && status == 429) {
      limiter.pauseFor(RetryAfter.parse(retryAfter).orElse(DEFAULT_PAUSE));
    }
    return reply;
  }

  /** The caller whose request this thread handles; for all jobs the same. */
  private static String principal() {
    var caller = SecurityContextHolder.getContext().getAuthentication();
    return caller == null ? "" : caller.getName();
  }

  // Time spent waiting for the budget does not count.
  private Deadline readDeadline() {
    if (budget != null) {
      budget.take();
    }
    return Deadline.in(limits.readTimeout());
  }

  /**
   * Sends a read. Retries after 429 (honouring {@code Retry-After}), 502, 503, 504 and connection
   * errors, with jitter, within the read timeout. Returns the last reply.
   */
  public <B, T> Reply<T> retryable(
      Supplier<Mono<ResponseEntity<B>>> call, Function<@Nullable B, Reply<T>> reader) {
    return retry(true, call, reader, (_, last) -> last);
  }

  /**
   * Revokes or deletes a credential, with the retries of {@link #retryable}. 404 means that it is
   * already gone. If a try may have acted, a later refusal does not show whether it did, so the
   * reply stays unknown.
   */
  public Reply<Retired> retire(Supplier<Mono<ResponseEntity<Void>>> call) {
    return retry(
        false,
        call,
        _ -> new Reply.Success<>(Retired.NOW),
        (unknown, last) ->
            switch (last) {
              case Reply.Success<Retired> success -> success;
              case Reply.ErrorStatus<Retired> error when error.status() == 404 ->
                  new Reply.Success<>(Retired.ALREADY_GONE);
              default -> unknown == null ? last : unknown;
            });
  }

  /** Decides by the latest reply with an unknown outcome, if any, and by the last. */
  private <B, T> Reply<T> retry(
      boolean isRead,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader,
      BiFunction<@Nullable Reply<T>, Reply<T>, Reply<T>> decision) {
    Deadline deadline = readDeadline();
    int maxTries = isRead && budget != null ? 1 : MAX_TRIES;
    Reply<T> last = send(isRead, deadline, call, reader);
    Reply<T> unknown = last.isOutcomeUnknown() ? last : null;
    for (int tries = 1;
        tries < maxTries && isWorthRetrying(last) && pause(pauseBefore(tries, last), deadline);
        tries++) {
      last = send(isRead, deadline, call, reader);
      unknown = last.isOutcomeUnknown() ? last : unknown;
    }
    return decision.apply(unknown, last);
  }

  private static <B, T> Reply<T> exchange(
      Deadline deadline,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader) {
    if (deadline.hasPassed()) {
      return new Reply.NotSent<>(Obstacle.TOO_LATE);
    }
    var guard = new SendGuard(deadline);
    try {
      ResponseEntity<B> response =
          call.get()
              .timeout(deadline.remaining())
              .contextWrite(guard::addTo)
              .contextWrite(OutgoingHttp::dropLateErrors)
              // Without this, the call's span would not be part of the request's trace.
              .contextCapture()
              .block();
      return response == null
          ? new Reply.Unusable<>(Flaw.UNPARSABLE)
          : reader.apply(response.getBody());
    } catch (RuntimeException e) {
      return CallFailures.classify(e, guard.abort());
    }
  }

  private static boolean isWorthRetrying(Reply<?> reply) {
    return switch (reply) {
      case Reply.Success<?> _, Reply.Unusable<?> _ -> false;
      case Reply.ErrorStatus<?>(int status, var _, var _) ->
          status == 429 || (status >= 502 && status <= 504);
      case Reply.NotSent<?>(var obstacle) ->
          obstacle == Obstacle.NOT_CONNECTED || obstacle == Obstacle.PROXY_FAILED;
      case Reply.Lost<?>(var loss) -> loss == Loss.BROKEN;
    };
  }

  private static Duration pauseBefore(int tries, Reply<?> reply) {
    long ceiling = FIRST_BACKOFF.toMillis() << (tries - 1);
    var backoff = Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
    return reply instanceof Reply.ErrorStatus<?>(var _, var _, String retryAfter)
        ? RetryAfter.parse(retryAfter).orElse(backoff)
        : backoff;
  }

  private static boolean pause(Duration pause, Deadline deadline) {
    return pause.compareTo(deadline.remaining()) < 0 && Pause.sleep(pause);
  }
}
