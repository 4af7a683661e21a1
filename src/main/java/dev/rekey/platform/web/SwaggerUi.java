package dev.rekey.platform.web;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** Serves Swagger UI from its webjar, with a page of ours in place of the webjar's own. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "rekey.api-docs.enabled", matchIfMissing = true)
class SwaggerUi implements WebMvcConfigurer {

  private static final String WEBJARS = "classpath:/META-INF/resources/webjars/";

  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    registry.addRedirectViewController("/swagger-ui", "/swagger-ui/index.html");
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/swagger-ui/**")
        .addResourceLocations(
            "classpath:/swagger-ui/",
            WEBJARS + "swagger-ui/" + new WebJarVersionLocator().version("swagger-ui") + "/");
  }
}
