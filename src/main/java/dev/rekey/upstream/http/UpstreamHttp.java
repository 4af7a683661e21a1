package dev.rekey.upstream.http;

import dev.rekey.platform.Deadline;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Upstream.Retired;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Runs the calls of one upstream's declared client: bounded in time and number, and each answered
 * by a {@link Reply}, never by an exception.
 */
public final class UpstreamHttp {

  private static final int MAX_TRIES = 4;
  // For how long what nobody waits for stops after a 429 that names no time.
  private static final Duration HALT = Duration.ofSeconds(5);
  // Longer, and there would be too little time left for the call itself.
  private static final Duration MAX_WAIT_FOR_SLOT = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final HttpLimits limits;
  private final CallLimiter traffic;
  private final @Nullable CallBudget budget;

  UpstreamHttp(HttpLimits limits) {
    this(limits, new CallLimiter(limits.maxConcurrentCalls()), null);
  }

  private UpstreamHttp(HttpLimits limits, CallLimiter traffic, @Nullable CallBudget budget) {
    this.limits = limits;
    this.traffic = traffic;
    this.budget = budget;
  }

  /**
   * The same, for work that nobody waits for: every request is paid for from the budget, gives way
   * to those of callers, is not made while the upstream asked for a pause, and is not repeated.
   */
  public UpstreamHttp within(CallBudget limit) {
    return new UpstreamHttp(limits, traffic, limit);
  }

  /** Sends the call at most once, before the deadline or not at all. */
  public <B, T> Reply<T> once(
      Deadline deadline,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader) {
    try {
      Duration patience = deadline.atMost(MAX_WAIT_FOR_SLOT).remaining();
      if (budget == null) {
        if (!traffic.enter(patience)) {
          return new Reply.NotSent<>(Obstacle.TOO_BUSY);
        }
      } else if (traffic.isHalted()) {
        return new Reply.NotSent<>(Obstacle.ASKED_TO_PAUSE);
      } else if (!traffic.enterLast(patience)) {
        return new Reply.NotSent<>(Obstacle.TOO_BUSY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.NotSent<>(Obstacle.TOO_BUSY);
    }
    try {
      Reply<T> reply = exchange(deadline, call, reader);
      if (reply instanceof Reply.ErrorStatus<T>(int status, var _, var retryAfter)
          && status == 429) {
        traffic.halt(RetryAfter.parse(retryAfter).orElse(HALT));
      }
      return reply;
    } finally {
      traffic.leave();
    }
  }

  /** As {@link #once}, with the time that a call which makes no credential may take. */
  public <B, T> Reply<T> once(
      Supplier<Mono<ResponseEntity<B>>> call, Function<@Nullable B, Reply<T>> reader) {
    return once(paidFor(), call, reader);
  }

  // What waits for its budget has not begun yet.
  private Deadline paidFor() {
    if (budget != null) {
      budget.take();
    }
    return Deadline.in(limits.readTimeout());
  }

  /**
   * For reads: sends the call again after 429 (honouring {@code Retry-After}), 502, 503, 504 and
   * connection errors, with jitter, until the read time-out. What counts is the last reply.
   */
  public <B, T> Reply<T> repeatable(
      Supplier<Mono<ResponseEntity<B>>> call, Function<@Nullable B, Reply<T>> reader) {
    return repeat(call, reader, (_, last) -> last);
  }

  /**
   * Ends a credential, by calls that are repeated as those of {@link #repeatable}. 404 says that it
   * is gone. A refusal after a call that may have acted says nothing of that call, so the doubt
   * stays.
   */
  public Reply<Retired> retire(Supplier<Mono<ResponseEntity<Void>>> call) {
    return repeat(
        call,
        _ -> new Reply.Success<>(Retired.NOW),
        (doubt, last) ->
            switch (last) {
              case Reply.Success<Retired> success -> success;
              case Reply.ErrorStatus<Retired> error when error.status() == 404 ->
                  new Reply.Success<>(Retired.ALREADY_GONE);
              default -> doubt == null ? last : doubt;
            });
  }

  private <B, T> Reply<T> repeat(
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader,
      Verdict<T> verdict) {
    Deadline deadline = paidFor();
    int maxTries = budget == null ? MAX_TRIES : 1;
    Reply<T> last = once(deadline, call, reader);
    Reply<T> doubt = last.leavesDoubt() ? last : null;
    for (int tries = 1; tries < maxTries && mayHelpToRepeat(last); tries++) {
      if (!pause(pauseBefore(tries, last), deadline)) {
        break;
      }
      last = once(deadline, call, reader);
      doubt = last.leavesDoubt() ? last : doubt;
    }
    return verdict.of(doubt, last);
  }

  /** What to make of several tries: the latest that may have acted, if any, and the last. */
  private interface Verdict<T> {
    Reply<T> of(@Nullable Reply<T> doubt, Reply<T> last);
  }

  private static <B, T> Reply<T> exchange(
      Deadline deadline,
      Supplier<Mono<ResponseEntity<B>>> call,
      Function<@Nullable B, Reply<T>> reader) {
    if (deadline.hasPassed()) {
      return new Reply.NotSent<>(Obstacle.TOO_LATE);
    }
    var sent = new SendGuard(deadline);
    try {
      ResponseEntity<B> answer =
          call.get()
              .timeout(deadline.remaining())
              .contextWrite(sent::in)
              .contextWrite(UpstreamHttp::quietOnceGivenUp)
              // Else the call's span would not be a part of the request's trace.
              .contextCapture()
              .block();
      return answer == null
          ? new Reply.Unusable<>(Flaw.UNPARSABLE)
          : reader.apply(answer.getBody());
    } catch (RuntimeException e) {
      return Evidence.of(e, sent.giveUp());
    }
  }

  // What still comes of a call that was given up, such as a token that cannot be had, is nobody's
  // business any more; Reactor would log it as an error.
  private static Context quietOnceGivenUp(Context context) {
    return context.put("reactor.onErrorDropped.local", (Consumer<Throwable>) _ -> {});
  }

  private static boolean mayHelpToRepeat(Reply<?> reply) {
    return switch (reply) {
      case Reply.Success<?> _, Reply.Unusable<?> _ -> false;
      case Reply.ErrorStatus<?>(int status, var _, var _) ->
          status == 429 || (status >= 502 && status <= 504);
      case Reply.NotSent<?>(var obstacle) -> obstacle == Obstacle.NOT_CONNECTED;
      case Reply.Lost<?>(var loss) -> loss == Loss.BROKEN;
    };
  }

  private static Duration pauseBefore(int tries, Reply<?> reply) {
    if (reply instanceof Reply.ErrorStatus<?>(var _, var _, String retryAfter)) {
      return RetryAfter.parse(retryAfter).orElseGet(() -> backoff(tries));
    }
    return backoff(tries);
  }

  private static Duration backoff(int tries) {
    long ceiling = FIRST_PAUSE.toMillis() << (tries - 1);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
  }

  private static boolean pause(Duration pause, Deadline deadline) {
    if (pause.compareTo(deadline.remaining()) >= 0) {
      return false;
    }
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
