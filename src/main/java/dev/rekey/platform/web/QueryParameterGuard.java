package dev.rekey.platform.web;

import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.MethodParameter;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Rejects query parameters that a controller does not declare, as a {@code RequestParam} or as a
 * component of a record that is a {@code ModelAttribute}. To ignore an unknown filter would return
 * too many rows without an error. Also rejects placeholders, which would find nothing.
 */
final class QueryParameterGuard implements HandlerInterceptor {

  // Anything else in the place of a name may be a secret.
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}(\\[])?");

  /** Variables that a dashboard did not replace, and Grafana's form of a list: {@code {a,b}}. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\$\\{[^}]*}|\\[\\[[^]]*]]|\\{\\{[^}]*}}"
              + "|(?<![^/,:=\\s])\\$[A-Za-z_]|^\\{([A-Za-z_]\\w*|[^{}]+,[^{}]*)}$");

  private final Map<HandlerMethod, Map<String, Boolean>> known = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getQueryString() == null
        || !(handler instanceof HandlerMethod method)
        || !isOurs(method)) {
      return true;
    }
    Map<String, Boolean> names = known.computeIfAbsent(method, QueryParameterGuard::names);
    var unknown = new ArrayList<>(request.getParameterMap().keySet());
    unknown.removeAll(names.keySet());
    if (!unknown.isEmpty()) {
      throw ProblemType.UNKNOWN_PARAMETER.with(
          printable(unknown.getFirst())
              + " is not known here; "
              + (names.isEmpty()
                  ? "this route takes no query parameters."
                  : "known are " + names.keySet() + "."));
    }
    request.getParameterMap().forEach((name, values) -> check(name, values, names.get(name)));
    return true;
  }

  private static String printable(String name) {
    return NAME.matcher(name).matches() ? "`" + name + "`" : "A parameter";
  }

  private static void check(String name, String[] values, @Nullable Boolean repeatable) {
    if (values.length > 1 && !Boolean.TRUE.equals(repeatable)) {
      throw ProblemType.INVALID_PARAMETER.with(name + " may be given once.");
    }
    if (Arrays.stream(values).anyMatch(value -> value.isBlank() || value.trim().isEmpty())) {
      throw ProblemType.INVALID_PARAMETER.with(name + " has no value; leave it out.");
    }
    if (Arrays.stream(values).anyMatch(value -> PLACEHOLDER.matcher(value).find())) {
      throw ProblemType.INVALID_PARAMETER.with(
          name
              + " has a placeholder without a value, such as $name, ${name}, [[name]] or {{name}}."
              + " Choose a value, or leave the parameter out.");
    }
  }

  // The error page has the query string of the request that failed.
  private static boolean isOurs(HandlerMethod method) {
    return method.getBeanType().getPackageName().startsWith("dev.rekey")
        && !ErrorController.class.isAssignableFrom(method.getBeanType());
  }

  /** The names, and whether each may be given several times. */
  private static Map<String, Boolean> names(HandlerMethod method) {
    var names = new TreeMap<String, Boolean>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      if (parameter.hasParameterAnnotation(RequestParam.class)) {
        names.put(name(parameter), isRepeatable(parameter.getParameterType()));
      } else if (parameter.hasParameterAnnotation(ModelAttribute.class)) {
        for (RecordComponent component : parameter.getParameterType().getRecordComponents()) {
          names.put(component.getName(), isRepeatable(component.getType()));
        }
      }
    }
    return names;
  }

  private static boolean isRepeatable(Class<?> type) {
    return type == Values.class || type == List.class || type.isArray();
  }

  private static String name(MethodParameter parameter) {
    RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
    return annotation != null && StringUtils.hasText(annotation.name())
        ? annotation.name()
        : String.valueOf(parameter.getParameter().getName());
  }
}
