package dev.rekey.platform.web;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.rekey.platform.StartCheck;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import org.apache.catalina.Valve;
import org.apache.catalina.valves.RemoteIpValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes Tomcat bear slow clients, and count the hops of forwarded requests. */
@Configuration(proxyBeanMethods = false)
class ConnectorConfiguration {

  private static final Logger log = LoggerFactory.getLogger(ConnectorConfiguration.class);

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> boundedConnections() {
    return ConnectorConfiguration::bound;
  }

  static void bound(TomcatServletWebServerFactory factory) {
    factory.setProtocol(BoundedProtocol.class.getName());
    factory.addEngineValves(new ExchangeValve());
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> countedHops(
      ServerProperties server, TomcatServerProperties tomcat) {
    return factory -> {
      var valves = new ArrayList<Valve>(factory.getEngineValves());
      if (server.getForwardHeadersStrategy() == ForwardHeadersStrategy.FRAMEWORK) {
        valves.addFirst(hops(tomcat.getRemoteip()));
        valves.addFirst(new ForwardedHeaders());
      }
      valves.stream()
          .filter(RemoteIpValve.class::isInstance)
          .map(valve -> new ForwardedFor(((RemoteIpValve) valve).getRemoteIpHeader()))
          .findFirst()
          .ifPresent(valves::addFirst);
      factory.setEngineValves(valves);
    };
  }

  // Spring reads the other headers, and would believe any X-Forwarded-For.
  private static RemoteIpValve hops(TomcatServerProperties.Remoteip properties) {
    var valve = new RemoteIpValve();
    valve.setInternalProxies(properties.getInternalProxies());
    valve.setTrustedProxies(properties.getTrustedProxies());
    valve.setProtocolHeader(null);
    return valve;
  }

  @Bean
  StartCheck exitWithoutMemory() {
    return () -> {
      var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      if (options.getVMOption("ExitOnOutOfMemoryError").getValue().equals("false")) {
        log.warn(
            "Run java with -XX:+ExitOnOutOfMemoryError. Otherwise Rekey may respond to nothing"
                + " after its memory was full");
      }
    };
  }
}
