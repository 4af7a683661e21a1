package dev.rekey.platform.web;

import dev.rekey.platform.Pause;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Closes connections with their next response before the web server stops. A client that keeps its
 * connection alive would otherwise send to this replica, whatever its load balancer has learnt.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class Draining extends OncePerRequestFilter implements SmartLifecycle {

  /**
   * How a replica stops.
   *
   * @param drainFor how long it still takes requests and closes each connection with its response,
   *     so that clients reconnect to another replica; at most 30 s; default 5 s
   */
  @Validated
  @ConfigurationProperties("rekey.shutdown")
  record ShutdownProperties(
      @DefaultValue("5s") @DurationMin @DurationMax(seconds = 30) Duration drainFor) {}

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
  public void stop() {
    draining = true;
    Pause.sleep(drainFor);
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops before everything else. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
