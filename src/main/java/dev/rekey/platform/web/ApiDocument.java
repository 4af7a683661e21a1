package dev.rekey.platform.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves {@code openapi.yaml}, the published contract: as it is, or as JSON on request. Also serves
 * Swagger UI from its webjar, with a page of ours in place of the webjar's own. The root leads
 * there.
 */
@RestController
@ConditionalOnBooleanProperty(name = "rekey.api-docs.enabled", matchIfMissing = true)
class ApiDocument implements WebMvcConfigurer {

  /** Whether {@code /v3/api-docs} and {@code /swagger-ui} are served; default true. */
  @ConfigurationProperties("rekey.api-docs")
  record ApiDocsProperties(@DefaultValue("true") boolean enabled) {}

  private static final Resource YAML = new ClassPathResource("openapi.yaml");

  private static final String WEBJARS = "classpath:/META-INF/resources/webjars/";

  // Converted at the first request, so that no start waits for it.
  private final SingletonSupplier<byte[]> json;

  ApiDocument(JsonMapper mapper) {
    this.json = SingletonSupplier.of(() -> mapper.writeValueAsBytes(read()));
  }

  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    for (String path : List.of("/", "/swagger-ui", "/swagger-ui.html")) {
      registry.addRedirectViewController(path, "/swagger-ui/index.html");
    }
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/swagger-ui/**")
        .addResourceLocations(
            "classpath:/swagger-ui/",
            WEBJARS + "swagger-ui/" + new WebJarVersionLocator().version("swagger-ui") + "/");
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<?> negotiated(
      @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.ALL_VALUE)
          List<MediaType> accepted) {
    return accepted.stream().anyMatch(MediaType.APPLICATION_JSON::equalsTypeAndSubtype)
        ? ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json.obtain())
        : yaml();
  }

  @GetMapping("/v3/api-docs.yaml")
  ResponseEntity<Resource> yaml() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(YAML);
  }

  private static Object read() {
    try (InputStream yaml = YAML.getInputStream()) {
      return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
