package dev.rekey.platform.problem;

import java.util.List;
import java.util.Set;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.ErrorResponse;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes Spring MVC, the firewall and Tomcat respond with problems. */
@Configuration(proxyBeanMethods = false)
class ProblemConfiguration {

  private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.values());

  @Bean
  WebMvcConfigurer problemMembers(Problems problems) {
    return new WebMvcConfigurer() {
      @Override
      public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
        interceptors.add(problems);
      }
    };
  }

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
              host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
              host.getPipeline().addValve(new ProblemErrorReportValve(problems));
            });
  }
}
