package dev.rekey.platform.web;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The same for the management port, whose server has its own context and customizers. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(ManagementConnectorConfiguration.InChildContext.class)
class ManagementConnectorConfiguration {

  // For probes and Prometheus.
  private static final int MAX_CONNECTIONS = 100;

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> boundedManagementConnections() {
    return factory -> {
      ConnectorConfiguration.bound(factory);
      // Runs after the one that sets the number of the service.
      factory.addConnectorCustomizers(
          connector ->
              ((BoundedProtocol) connector.getProtocolHandler())
                  .setMaxConnections(MAX_CONNECTIONS));
    };
  }

  /** Keeps the component scan from adding it to the service's own context. */
  static final class InChildContext implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return context.getBeanFactory() != null
          && context.getBeanFactory().getParentBeanFactory() != null;
    }
  }
}
