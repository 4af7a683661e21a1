package dev.rekey.facade;

import dev.rekey.rotation.DeliveryMode;
import dev.rekey.rotation.IdempotencyKey;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Resolves a controller's {@link IdempotencyKey}, which Spring's conversion would split at commas,
 * and {@link DeliveryMode}.
 */
@Configuration(proxyBeanMethods = false)
class MintArguments implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == IdempotencyKey.class
        || parameter.getParameterType() == DeliveryMode.class;
  }

  @Override
  public @Nullable Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    return parameter.getParameterType() == DeliveryMode.class
        ? DeliveryMode.of(
            Objects.requireNonNullElse(headers(request, DeliveryMode.HEADER), List.of()))
        : IdempotencyKey.of(headers(request, IdempotencyKey.HEADER));
  }

  private static @Nullable List<String> headers(NativeWebRequest request, String name) {
    String[] values = request.getHeaderValues(name);
    return values == null ? null : Arrays.asList(values);
  }
}
