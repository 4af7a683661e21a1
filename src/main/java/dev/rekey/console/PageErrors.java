package dev.rekey.console;

import dev.rekey.access.CallerArgument;
import dev.rekey.console.login.LoginRequests;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.problem.ProblemAdvice;
import dev.rekey.platform.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** Shows the API's problem as a page, with the status of the problem. */
@ControllerAdvice(annotations = ConsolePage.class, assignableTypes = UnknownPage.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnBooleanProperty("rekey.console.enabled")
class PageErrors {

  private final Frames frames;
  private final Clock clock;
  private final CallerArgument callers;
  private final ProblemAdvice problems;

  PageErrors(Frames frames, Clock clock, CallerArgument callers, ProblemAdvice problems) {
    this.problems = problems;
    this.frames = frames;
    this.clock = clock;
    this.callers = callers;
  }

  @ExceptionHandler
  ModelAndView tooOld(LoginTooOldException thrown, HttpServletRequest request) {
    ModelAndView page = page("console/fresh", HttpStatus.FORBIDDEN, request);
    page.addObject("isUnknown", thrown.isUnknown());
    page.addObject("login", LoginRequests.path(thrown.page(), true));
    return page;
  }

  @ExceptionHandler
  @Nullable ModelAndView problem(
      Exception thrown, HttpServletRequest request, HttpServletResponse response) {
    if (response.isCommitted()) {
      problems.handle(thrown, request, response);
      return null;
    }
    ProblemException problem = ProblemAdvice.of(thrown, request);
    ModelAndView page = page("console/problem", problem.getStatusCode(), request);
    page.addObject("title", problem.type().title());
    page.addObject("detail", problem.detail());
    page.addObject("slug", problem.type().slug());
    page.addObject("back", RequestChecks.page(request));
    page.addObject("requestId", RequestInfo.find(request).map(RequestInfo::requestId).orElse(""));
    return page;
  }

  private ModelAndView page(String view, HttpStatusCode status, HttpServletRequest request) {
    var page = new ModelAndView(view);
    page.setStatus(status);
    page.addObject("frame", frames.frame(callers.current(request), request));
    page.addObject("times", new Moments(clock.instant()));
    return page;
  }
}
