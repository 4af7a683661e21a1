package dev.rekey.platform.web;

import dev.rekey.platform.Values;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** How requests arrive and responses leave, the same on every route. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

  private static final long MAX_BODY = 64 * 1024;

  /** Milliseconds since 1970, of a time after 1973, as Grafana sends it. */
  private static final Pattern MILLISECONDS = Pattern.compile("[1-9][0-9]{11,14}");

  /** UTC, in microseconds, which is PostgreSQL's precision. */
  @Bean
  Clock clock() {
    return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new QueryParameterGuard());
  }

  @Override
  public void addFormatters(FormatterRegistry registry) {
    registry.addConverter(String.class, Instant.class, WebConfiguration::time);
    registry.addConverter(String.class, Values.class, Values::of);
    registry.addConverter(String[].class, Values.class, Values::of);
  }

  // A shorter number may be a year or seconds.
  private static Instant time(String text) {
    return MILLISECONDS.matcher(text).matches()
        ? Instant.ofEpochMilli(Long.parseLong(text))
        : Instant.parse(text);
  }

  /** Only a body has this limit. Jackson checks it whenever it fills its buffer of 8,000 bytes. */
  @Bean
  ServerHttpMessageConvertersCustomizer bodyLimit(
      JsonFactory factory, ObjectProvider<JsonMapperBuilderCustomizer> customizers) {
    var limits = factory.streamReadConstraints().rebuild().maxDocumentLength(MAX_BODY).build();
    var json = JsonMapper.builder(factory.rebuild().streamReadConstraints(limits).build());
    customizers.orderedStream().forEach(customizer -> customizer.customize(json));
    var bodies = new JacksonJsonHttpMessageConverter(json.build());
    return converters -> converters.withJsonConverter(bodies);
  }

  /** A number or boolean is not a text. */
  @Bean
  JsonMapperBuilderCustomizer noTextFromScalars() {
    return builder ->
        builder.withCoercionConfig(
            LogicalType.Textual,
            text ->
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
  }
}
