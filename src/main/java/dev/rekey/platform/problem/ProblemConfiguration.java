package dev.rekey.platform.problem;

import java.util.Set;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/** Makes the firewall and Tomcat answer with problems too. */
@Configuration(proxyBeanMethods = false)
class ProblemConfiguration {

  private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.values());

  /** The firewall of Spring Security stands in front of all controllers. */
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
              host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
              host.getPipeline().addValve(new ProblemErrorReportValve(problems));
            });
  }
}
