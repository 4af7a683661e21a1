package dev.rekey.platform.web;

import dev.rekey.platform.ClientRequestId;
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
 * Sets {@code X-Request-Id} to the request's id: one of the caller's if it is well-formed,
 * otherwise a new one. Runs right inside the observation, whose trace id it stores, and outside
 * every other filter.
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
        RequestInfo.find(request).orElseGet(() -> RequestInfo.store(request, traceId()));
    response.setHeader(RequestInfo.HEADER, info.requestId());
    try (var _ = MDC.putCloseable("requestId", info.requestId());
        var _ = ClientRequestId.open(ClientRequestId.of(request).orElse(null))) {
      chain.doFilter(request, response);
    }
  }

  /** The log names the request while an asynchronous response is written, too. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  /** Some errors pass no filter before their error dispatch. */
  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private @Nullable String traceId() {
    Span span = tracer.currentSpan();
    return span == null ? null : span.context().traceId();
  }
}
