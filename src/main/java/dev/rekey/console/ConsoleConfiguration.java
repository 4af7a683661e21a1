package dev.rekey.console;

import io.github.wimdeblauwe.htmx.spring.boot.thymeleaf.HtmxThymeleafAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** Serves the stylesheet and scripts of the pages. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("rekey.console.enabled")
@Import(HtmxThymeleafAutoConfiguration.class)
class ConsoleConfiguration implements WebMvcConfigurer {

  private static final String WEBJARS = "classpath:/META-INF/resources/webjars/";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    var versions = new WebJarVersionLocator();
    registry
        .addResourceHandler("/console/assets/**")
        .addResourceLocations(
            "classpath:/console/assets/",
            WEBJARS + "htmx.org/" + versions.version("htmx.org") + "/dist/",
            WEBJARS + "htmx-ext-sse/" + versions.version("htmx-ext-sse") + "/")
        .setCacheControl(CacheControl.noCache().cachePublic());
  }
}
