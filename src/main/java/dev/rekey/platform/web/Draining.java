package dev.rekey.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sends callers elsewhere before the web server takes nothing new. Who keeps a connection open goes
 * on using it, whatever a load balancer has learnt meanwhile, until an answer says that it closes.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class Draining extends OncePerRequestFilter implements SmartLifecycle {

  private final Duration drainFor;
  private volatile boolean running;
  private volatile boolean draining;

  Draining(ShutdownProperties properties) {
    this.drainFor = properties.drainFor();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (draining) {
      response.setHeader(HttpHeaders.CONNECTION, "close");
    }
    chain.doFilter(request, response);
  }

  @Override
  public void start() {
    draining = false;
    running = true;
  }

  @Override
  public void stop(Runnable drained) {
    Thread.ofVirtual()
        .start(
            () -> {
              stop();
              drained.run();
            });
  }

  @Override
  public void stop() {
    draining = true;
    try {
      Thread.sleep(drainFor);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before everything else that stops. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
