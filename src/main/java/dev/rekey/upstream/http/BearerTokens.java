package dev.rekey.upstream.http;

import dev.rekey.platform.OutageLog;
import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Adds Rekey's own access token to every call to one upstream, on any thread. Without a token the
 * call fails and is not sent. Concurrent callers share one token request. After a 401 it fetches
 * another token and repeats the call once.
 */
final class BearerTokens implements ExchangeFilterFunction {

  private static final Logger log = LoggerFactory.getLogger(BearerTokens.class);

  // Plain threads, so that a cancelled call does not interrupt a fetch that others wait for.
  private static final Scheduler BLOCKING = Schedulers.fromExecutor(Thread::startVirtualThread);

  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable checkForNewLogin;
  private final OutageLog outage;
  private volatile TokenClient current;

  // Callers that queued behind a failed fetch share its failure instead of failing one by one.
  private @Nullable NoTokenException lastFailure;
  private long lastFailedAt;

  /** Runs {@code checkForNewLogin} without a token; it calls {@link #use} for a new login. */
  BearerTokens(TokenClient first, Runnable checkForNewLogin) {
    this.current = first;
    this.checkForNewLogin = checkForNewLogin;
    this.outage = new OutageLog(log, Level.WARN, System::nanoTime);
  }

  /** Switches to another login; throws {@link NotYetException} if it gets no token. */
  void use(TokenClient other) {
    try {
      other.getUnless(null);
    } catch (NoTokenException e) {
      throw new NotYetException(String.valueOf(e.getMessage()));
    }
    // Not under the lock: its holder may be waiting for this method's caller.
    current = other;
  }

  /** The client id of the login that is in use. */
  String clientId() {
    return current.clientId();
  }

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return token(null)
        .flatMap(
            token ->
                next.exchange(withToken(request, token))
                    .flatMap(response -> repeatIfUnauthorized(response, token, request, next)));
  }

  private Mono<ClientResponse> repeatIfUnauthorized(
      ClientResponse response, String token, ClientRequest request, ExchangeFunction next) {
    return response.statusCode().isSameCodeAs(HttpStatus.UNAUTHORIZED)
        ? response
            .releaseBody()
            .then(token(token))
            .flatMap(fresh -> next.exchange(withToken(request, fresh)))
        : Mono.just(response);
  }

  private static ClientRequest withToken(ClientRequest request, String token) {
    return ClientRequest.from(request).headers(headers -> headers.setBearerAuth(token)).build();
  }

  /** A valid token; another one than the token that the upstream rejected with 401. */
  private Mono<String> token(@Nullable String rejected) {
    return Mono.fromCallable(() -> getOrShareFailure(rejected)).subscribeOn(BLOCKING);
  }

  private String getOrShareFailure(@Nullable String rejected) {
    long askedAt = System.nanoTime();
    lock.lock();
    try {
      if (lastFailure != null && lastFailedAt - askedAt >= 0) {
        throw lastFailure;
      }
      String token = get(rejected);
      outage.worked("Access tokens for " + current.upstream() + " work again");
      return token;
    } catch (NoTokenException e) {
      if (e != lastFailure) {
        outage.failed(String.valueOf(e.getMessage()));
      }
      lastFailure = e;
      lastFailedAt = System.nanoTime();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private String get(@Nullable String rejected) {
    TokenClient used = current;
    try {
      return used.getUnless(rejected);
    } catch (NoTokenException e) {
      checkForNewLogin.run();
      if (current == used) {
        throw e;
      }
      return current.getUnless(rejected);
    }
  }

  /** No access token could be fetched, so the call was not sent. */
  static final class NoTokenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String NO_BEARER =
        "its credential is for DPoP tokens, and Rekey supports bearer tokens only";

    /**
     * For a token endpoint.
     *
     * @param host its host, with the port if it is not the default
     * @param reason the OAuth error, the status, or the kind of exception
     */
    NoTokenException(String upstream, String host, String reason) {
      // Without suppression: one instance is thrown to many callers, and each would add to it.
      super(
          "No access token for %s: %s at %s"
              .formatted(upstream, reason.equals("use_dpop_nonce") ? NO_BEARER : reason, host),
          null,
          false,
          true);
    }
  }
}
