package dev.rekey.audit.ocsf;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Adds OCSF to the formats of responses. */
@Configuration(proxyBeanMethods = false)
class OcsfConfiguration {

  @Bean
  OcsfEvents ocsfEvents(ObjectProvider<BuildProperties> build) {
    BuildProperties properties = build.getIfAvailable();
    return new OcsfEvents(properties == null ? null : properties.getVersion());
  }

  @Bean
  ServerHttpMessageConvertersCustomizer ocsf(JsonMapper json, OcsfEvents events) {
    return converters -> converters.addCustomConverter(new OcsfConverter(json, events));
  }
}
