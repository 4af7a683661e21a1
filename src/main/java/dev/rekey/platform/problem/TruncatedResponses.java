package dev.rekey.platform.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Marks responses that fail after they are committed. A problem cannot follow, and the client must
 * not take the response for complete, so {@link ProblemErrorReportValve} closes the connection.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class TruncatedResponses implements HandlerExceptionResolver {

  private static final Logger log = LoggerFactory.getLogger(TruncatedResponses.class);
  private static final String ATTRIBUTE = TruncatedResponses.class.getName();

  static boolean isTruncated(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) != null;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception thrown) {
    if (!response.isCommitted()) {
      return null;
    }
    request.setAttribute(ATTRIBUTE, thrown);
    if (DisconnectedClientHelper.isClientDisconnectedException(thrown)) {
      log.debug(
          "The client of {} disconnected before the end of the response", request.getRequestURI());
    } else {
      log.error(
          "The response to {} {} was truncated",
          request.getMethod(),
          request.getRequestURI(),
          thrown);
    }
    return new ModelAndView();
  }
}
