package dev.rekey.platform.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.Formatter;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** How requests arrive and responses leave, the same on every route. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

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
    registry.addFormatter(new TimeFormatter());
  }

  /** Spring's own formatter reads a bare number, such as a year, as milliseconds. */
  private static final class TimeFormatter implements Formatter<Instant> {

    @Override
    public Instant parse(String text, Locale locale) {
      return Instant.parse(text);
    }

    @Override
    public String print(Instant time, Locale locale) {
      return time.toString();
    }
  }

  @Bean
  JsonMapperBuilderCustomizer microseconds() {
    return builder -> builder.addModule(InstantFormat.module());
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
