package dev.rekey.platform.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Responds to failures outside of every controller with a problem from the catalogue. */
@RestController
class ServerErrors implements ErrorController {

  private final Problems problems;

  ServerErrors(Problems problems) {
    this.problems = problems;
  }

  @RequestMapping("/error")
  ErrorResponse error(HttpServletRequest request) {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    return problems.response(
        Problems.forStatus(status instanceof Integer code ? code : 404), request);
  }
}
