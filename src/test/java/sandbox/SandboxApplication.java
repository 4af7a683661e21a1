package sandbox;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.support.HandlerFunctionAdapter;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import sandbox.faults.BreakableProtocol;
import sandbox.faults.Connections;
import sandbox.wire.Json;
import sandbox.wire.Response;

/**
 * The sandbox's beans. Auto-configuration is off, because Rekey's database, security and metrics
 * are on the same class path.
 */
@Configuration(proxyBeanMethods = false)
@ComponentScan
class SandboxApplication {
  /** The address to listen on, null for all; the port 0 is any free one. */
  record Listener(@Nullable InetAddress address, int port) {}

  @Bean
  TomcatServletWebServerFactory tomcat(Listener listener, Connections connections) {
    var factory = new TomcatServletWebServerFactory(listener.port());
    factory.setAddress(listener.address());
    factory.setProtocol(BreakableProtocol.class.getName());
    factory.addConnectorCustomizers(SandboxApplication::configure, connections::serveBy);
    return factory;
  }

  /**
   * One virtual thread per request, so that hanging calls are cheap. Connections stay open for
   * long.
   */
  private static void configure(Connector connector) {
    var protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
    protocol.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    protocol.setMaxKeepAliveRequests(-1);
    protocol.setKeepAliveTimeout((int) Duration.ofMinutes(10).toMillis());
    protocol.setRelaxedQueryChars("[]");
  }

  @Bean
  DispatcherServlet dispatcherServlet() {
    return new DispatcherServlet();
  }

  @Bean
  RouterFunctionMapping routes() {
    return new RouterFunctionMapping();
  }

  @Bean
  HandlerFunctionAdapter handlers() {
    return new HandlerFunctionAdapter();
  }

  /** Handles requests that match no other route. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  RouterFunction<ServerResponse> nowhere() {
    byte[] body = Json.write(Map.of("error", "No such route"));
    return RouterFunctions.route(RequestPredicates.all(), _ -> Response.json(404, Map.of(), body));
  }
}
