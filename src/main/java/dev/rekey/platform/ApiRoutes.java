package dev.rekey.platform;

import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route of Rekey's own controllers, as Spring serves them. */
@Component
class ApiRoutes {

  private final RequestMappingHandlerMapping mappings;

  ApiRoutes(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings) {
    this.mappings = mappings;
  }

  Stream<ApiRoute> all() {
    return mappings.getHandlerMethods().entrySet().stream()
        .filter(mapping -> isOurs(mapping.getValue()))
        .flatMap(ApiRoutes::routes);
  }

  private static Stream<ApiRoute> routes(Map.Entry<RequestMappingInfo, HandlerMethod> mapping) {
    RequestMappingInfo info = mapping.getKey();
    boolean choosesMediaType = !info.getProducesCondition().isEmpty();
    return info.getPatternValues().stream()
        .flatMap(
            path ->
                info.getMethodsCondition().getMethods().stream()
                    .map(
                        method ->
                            new ApiRoute(
                                method.name(), path, choosesMediaType, mapping.getValue())));
  }

  private static boolean isOurs(HandlerMethod handler) {
    return handler.getBeanType().getPackageName().startsWith("dev.rekey")
        && !ErrorController.class.isAssignableFrom(handler.getBeanType());
  }
}
