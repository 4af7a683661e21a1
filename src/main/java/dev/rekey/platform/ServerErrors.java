package dev.rekey.platform;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what failed before or beside every controller with a problem from the catalogue. */
@Hidden
@RestController
class ServerErrors implements ErrorController {

  private final Problems problems;

  ServerErrors(Problems problems) {
    this.problems = problems;
  }

  @RequestMapping("/error")
  ResponseEntity<Object> error(HttpServletRequest request) {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    return problems.answer(problem(status instanceof Integer code ? code : 404), request);
  }

  /** The problem that stands for a status which the server or the firewall chose. */
  static Problem problem(int status) {
    return switch (status) {
      case 404 ->
          ProblemType.NOT_FOUND.with("No route has this path; GET /v3/api-docs lists them.");
      case 405 -> ProblemType.METHOD_NOT_ALLOWED.with("This method is not supported anywhere.");
      // Tomcat's words for CONNECT, and for a transfer coding that it does not know.
      case 501 ->
          ProblemType.METHOD_NOT_ALLOWED.with(
              "Neither CONNECT nor a transfer coding other than chunked is supported.");
      case 505 -> ProblemType.MALFORMED_URL.with("Use HTTP/1.1.");
      case 413 -> ProblemType.BODY_TOO_LARGE.with("Send at most 64 KiB.");
      default ->
          status < 500
              ? ProblemType.MALFORMED_URL.with(
                  "Send a request line and headers without encoded slashes, semicolons, control"
                      + " characters or dot segments, and no larger than 8 KiB.")
              : ProblemType.INTERNAL_ERROR.with("Tell Rekey's operators the requestId.");
    };
  }
}
