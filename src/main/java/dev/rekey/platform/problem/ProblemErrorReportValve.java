package dev.rekey.platform.problem;

import dev.rekey.platform.RequestInfo;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/**
 * Makes a problem of Tomcat's own error responses: Tomcat refuses some requests, such as those with
 * {@code %2F} in the path, before any filter. Also closes the connection of truncated responses.
 */
final class ProblemErrorReportValve extends ErrorReportValve {

  private final Problems problems;

  ProblemErrorReportValve(Problems problems) {
    this.problems = problems;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    super.invoke(request, response);
    if (TruncatedResponses.isTruncated(request)) {
      response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
    }
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable thrown) {
    int status = response.getStatus();
    if (status < HttpServletResponse.SC_BAD_REQUEST
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    RequestInfo info = RequestInfo.find(request).orElseGet(() -> RequestInfo.store(request, null));
    response.setHeader(RequestInfo.HEADER, info.requestId());
    try {
      problems.write(Problems.forStatus(status), request, response.getResponse());
      response.finishResponse();
    } catch (IOException e) {
      container.getLogger().debug("The client disconnected before the response", e);
    }
  }
}
