package dev.rekey.platform.problem;

import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes the firewall and Tomcat respond with problems. */
@Configuration(proxyBeanMethods = false)
class ProblemConfiguration {

  private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.values());

  /** Spring Security's firewall checks a request before any controller sees it. */
  @Bean
  RequestRejectedHandler requestRejectedHandler(Problems problems) {
    return (request, response, _) -> {
      boolean known = METHODS.contains(HttpMethod.valueOf(request.getMethod()));
      boolean trace = request.getMethod().equals(HttpMethod.TRACE.name());
      problems.write(Problems.forStatus(known && !trace ? 400 : 405), request, response);
    };
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcat(Problems problems) {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              var host = (StandardHost) context.getParent();
              host.setErrorReportValveClass(ErrorValve.class.getName());
              host.getPipeline().addValve(new ErrorValve(problems, context.getPath()));
            });
  }

  /** Responds to failures outside of every controller with a problem from the catalogue. */
  @RestController
  static class ServerErrors implements ErrorController {

    private final Problems problems;

    ServerErrors(Problems problems) {
      this.problems = problems;
    }

    @RequestMapping("/error")
    ErrorResponse error(HttpServletRequest request) {
      Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
      return problems.response(
          ProblemAdvice.ofServer(request, status instanceof Integer code ? code : 404), request);
    }
  }

  /**
   * Makes problems of Tomcat's own error responses: it refuses some requests, such as those with a
   * {@code %2F} in the path, before any filter. Closes the connection of truncated responses.
   */
  private static final class ErrorValve extends ErrorReportValve {

    private final Problems problems;
    private final String contextPath;

    ErrorValve(Problems problems, String contextPath) {
      this.problems = problems;
      this.contextPath = contextPath;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      RequestPath.store(request, contextPath);
      // Tomcat and Spring would each read such a path in another way.
      if (RequestPath.of(request).hasEmptySegment()) {
        response.sendError(HttpServletResponse.SC_BAD_REQUEST);
        response.setSuspended(false);
        report(request, response, null);
        return;
      }
      super.invoke(request, response);
      if (request.getAttribute(ProblemAdvice.TRUNCATED) != null) {
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
      RequestInfo info =
          RequestInfo.find(request).orElseGet(() -> RequestInfo.store(request, null));
      response.setHeader(RequestInfo.HEADER, info.requestId());
      try {
        problems.write(ProblemAdvice.ofServer(request, status), request, response.getResponse());
        response.finishResponse();
      } catch (IOException e) {
        container.getLogger().debug("The client disconnected before the response", e);
      }
    }
  }
}
