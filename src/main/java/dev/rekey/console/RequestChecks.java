package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.CallerArgument;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Checks a request of the console before its page: the person needs the scope of the API's route.
 * Redirects a form to the URL that {@link FormQuery} makes of it.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class RequestChecks implements HandlerInterceptor, WebMvcConfigurer {

  private static final String CALL = ApiCall.class.getName();

  private final Access access;
  private final CallerArgument callers;

  RequestChecks(Access access, CallerArgument callers) {
    this.access = access;
    this.callers = callers;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    // Before the check of the parameters.
    registry.addInterceptor(this).addPathPatterns("/console/**").order(-1);
  }

  /** The API's request that the page of this request stands on; empty if it stands on none. */
  static Optional<ApiCall> call(HttpServletRequest request) {
    return Optional.ofNullable((ApiCall) request.getAttribute(CALL));
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws IOException {
    String query = request.getQueryString();
    if (query != null && HttpMethod.GET.matches(request.getMethod())) {
      String rewritten = FormQuery.rewritten(query);
      if (!rewritten.equals(query)) {
        String path = new ApiPath(RequestPath.of(request).sent()).seenBy(request);
        response.sendRedirect(rewritten.isEmpty() ? path : path + "?" + rewritten);
        return false;
      }
    }
    StandsOn route =
        handler instanceof HandlerMethod method ? method.getMethodAnnotation(StandsOn.class) : null;
    if (route != null) {
      ApiCall call = ApiCall.of(route.value(), variables(request), query);
      access.requireScopeFor(callers.current(request), call.method(), call.path());
      request.setAttribute(CALL, call);
    }
    return true;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> variables(HttpServletRequest request) {
    return (Map<String, String>)
        request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
  }
}
