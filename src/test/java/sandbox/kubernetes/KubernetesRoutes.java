package sandbox.kubernetes;

import static org.springframework.web.servlet.function.RequestPredicates.all;
import static org.springframework.web.servlet.function.RequestPredicates.path;
import static org.springframework.web.servlet.function.RouterFunctions.nest;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** The API server's paths. */
@Configuration(proxyBeanMethods = false)
class KubernetesRoutes {

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> kubernetes(KubernetesGateway gateway) {
    return nest(path(KubernetesGateway.PREFIX), route().route(all(), gateway::serve).build());
  }
}
