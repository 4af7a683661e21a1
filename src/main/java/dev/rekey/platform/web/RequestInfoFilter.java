package dev.rekey.platform.web;

import dev.rekey.platform.RequestInfo;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request its {@code X-Request-Id}: the caller's if it is sane, else a new one. Runs
 * just inside the observation, whose trace it notes, and outside all else.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class RequestInfoFilter extends OncePerRequestFilter {

  private final Tracer tracer;

  RequestInfoFilter(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    RequestInfo info =
        RequestInfo.find(request).orElseGet(() -> RequestInfo.note(request, traceId()));
    response.setHeader(RequestInfo.HEADER, info.requestId());
    try (var _ = MDC.putCloseable("requestId", info.requestId())) {
      chain.doFilter(request, response);
    }
  }

  /** So that the log names the request where its answer is written, too. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  /** Some errors meet no filter before the one that answers them. */
  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private @Nullable String traceId() {
    Span span = tracer.currentSpan();
    return span == null ? null : span.context().traceId();
  }
}
