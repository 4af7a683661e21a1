package dev.rekey.upstream.http;

import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Puts Rekey's own access token on every call to one upstream, from whatever thread it is made. A
 * call without a token fails instead of going out. Many waiting callers share one token call. A
 * token that the upstream no longer takes is dropped and the call repeated once.
 */
final class BearerTokens implements ExchangeFilterFunction {

  private static final Logger log = LoggerFactory.getLogger(BearerTokens.class);

  // Bare threads: one caller that stops waiting must not interrupt what others wait for too.
  private static final Scheduler BLOCKING = Schedulers.fromExecutor(Thread::startVirtualThread);

  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable lookForAnotherLogin;
  private volatile HeldToken held;

  // Those who queued behind a fetch that failed share its failure instead of failing one by one.
  private @Nullable NoTokenException lastFailure;
  private long lastFailedAt;

  /**
   * Tokens by one login, until another takes its place.
   *
   * @param lookForAnotherLogin run when no token can be had, to {@link #use} a login that is there
   *     and not known yet
   */
  BearerTokens(HeldToken first, Runnable lookForAnotherLogin) {
    this.held = first;
    this.lookForAnotherLogin = lookForAnotherLogin;
  }

  /**
   * Goes on with another login, and the token that it gets now.
   *
   * @throws NotYetException if it gets none, so that the one before is still in use
   */
  void use(HeldToken other) {
    try {
      other.insteadOf(null);
    } catch (NoTokenException e) {
      throw new NotYetException(String.valueOf(e.getMessage()));
    }
    // Without the lock, under which somebody may be waiting for who calls this.
    held = other;
  }

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return token()
        .flatMap(
            token ->
                next.exchange(withToken(request, token))
                    .flatMap(response -> repeatIfUnauthorized(response, token, request, next)));
  }

  private Mono<ClientResponse> repeatIfUnauthorized(
      ClientResponse response, String token, ClientRequest request, ExchangeFunction next) {
    if (!response.statusCode().isSameCodeAs(HttpStatus.UNAUTHORIZED)) {
      return Mono.just(response);
    }
    return response
        .releaseBody()
        .then(tokenInsteadOf(token))
        .flatMap(fresh -> next.exchange(withToken(request, fresh)));
  }

  private static ClientRequest withToken(ClientRequest request, String token) {
    return ClientRequest.from(request).headers(headers -> headers.setBearerAuth(token)).build();
  }

  private Mono<String> token() {
    return Mono.fromCallable(() -> fresh(null)).subscribeOn(BLOCKING);
  }

  private Mono<String> tokenInsteadOf(String refused) {
    return Mono.fromCallable(() -> fresh(refused)).subscribeOn(BLOCKING);
  }

  private String fresh(@Nullable String refused) {
    long askedAt = System.nanoTime();
    lock.lock();
    try {
      if (lastFailure != null && lastFailedAt - askedAt >= 0) {
        throw lastFailure;
      }
      return insteadOf(refused);
    } catch (NoTokenException e) {
      if (e != lastFailure) {
        log.warn("{}", e.getMessage());
      }
      lastFailure = e;
      lastFailedAt = System.nanoTime();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private String insteadOf(@Nullable String refused) {
    HeldToken used = held;
    try {
      return used.insteadOf(refused);
    } catch (NoTokenException e) {
      lookForAnotherLogin.run();
      if (held == used) {
        throw e;
      }
      return held.insteadOf(refused);
    }
  }

  /** No access token could be had, so the call was not made. */
  static final class NoTokenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String NO_BEARER =
        "its credential is for DPoP tokens, and Rekey can use bearer tokens only";

    // The cause stays out: its message may quote the token endpoint's answer.
    NoTokenException(String registrationId, @Nullable Exception cause) {
      // Thrown to many at once, each of whom would add to what it suppressed.
      super("No access token for " + registrationId + ": " + describe(cause), null, false, true);
    }

    private static String describe(@Nullable Exception cause) {
      return switch (cause) {
        case null -> NO_BEARER;
        case OAuth2AuthorizationException oauth
            when oauth.getError().getErrorCode().equals("use_dpop_nonce") ->
            NO_BEARER;
        case OAuth2AuthorizationException oauth -> oauth.getError().getErrorCode();
        default -> cause.getClass().getSimpleName();
      };
    }
  }
}
