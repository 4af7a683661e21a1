package dev.rekey.contract;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Rekey's controller methods by route, without those that serve the contract or its problems. */
record Handlers(Map<String, HandlerMethod> byRoute) {

  static Handlers of(RequestMappingHandlerMapping mappings) {
    var byRoute = new TreeMap<String, HandlerMethod>();
    mappings
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              for (String path :
                  isOfTheApi(handler) ? mapping.getPatternValues() : Set.<String>of()) {
                mapping
                    .getMethodsCondition()
                    .getMethods()
                    .forEach(method -> byRoute.put(method + " " + path, handler));
              }
            });
    byRoute
        .keySet()
        .removeIf(
            route -> route.startsWith("GET /v3/api-docs") || route.startsWith("GET /problems"));
    return new Handlers(byRoute);
  }

  HandlerMethod of(Operation operation) {
    return Objects.requireNonNull(byRoute.get(operation.route()));
  }

  private static boolean isOfTheApi(HandlerMethod handler) {
    return handler.getBeanType().getPackageName().startsWith("dev.rekey")
        && !ErrorController.class.isAssignableFrom(handler.getBeanType());
  }
}
