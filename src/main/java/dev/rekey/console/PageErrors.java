package dev.rekey.console;

import dev.rekey.access.CallerArgument;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.problem.ProblemAdvice;
import dev.rekey.platform.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** Shows the API's problem as a page, with the status of the problem. */
@ControllerAdvice(annotations = ConsolePage.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnBooleanProperty("rekey.console.enabled")
class PageErrors {

  private final Frames frames;
  private final Clock clock;
  private final CallerArgument callers;

  PageErrors(Frames frames, Clock clock, CallerArgument callers) {
    this.frames = frames;
    this.clock = clock;
    this.callers = callers;
  }

  @ExceptionHandler
  ModelAndView handle(Exception thrown, HttpServletRequest request) {
    ProblemException problem = ProblemAdvice.of(thrown, request);
    var page = new ModelAndView("console/problem");
    page.setStatus(problem.getStatusCode());
    page.addObject("frame", frames.frame(callers.current(request), request));
    page.addObject("times", new Moments(clock.instant()));
    page.addObject("title", problem.type().title());
    page.addObject("detail", problem.detail());
    page.addObject("slug", problem.type().slug());
    page.addObject("requestId", RequestInfo.find(request).map(RequestInfo::requestId).orElse(""));
    return page;
  }
}
