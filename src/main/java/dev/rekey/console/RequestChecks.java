package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.CallerArgument;
import dev.rekey.access.PersonAuthentication;
import dev.rekey.console.login.ConsoleProperties;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Checks a request of the console before its page: the person needs the scope of the API's route,
 * and an action needs a fresh login. Redirects a form to the URL that {@link FormQuery} makes of
 * it.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class RequestChecks implements HandlerInterceptor, WebMvcConfigurer {

  private static final String CALL = ApiCall.class.getName();

  private final Access access;
  private final CallerArgument callers;
  private final ConsoleProperties properties;
  private final Clock clock;

  RequestChecks(Access access, CallerArgument callers, ConsoleProperties properties, Clock clock) {
    this.access = access;
    this.callers = callers;
    this.properties = properties;
    this.clock = clock;
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
      if (!call.method().equals(HttpMethod.GET)) {
        requireFreshLogin(request);
      }
    }
    return true;
  }

  private void requireFreshLogin(HttpServletRequest request) {
    if (SecurityContextHolder.getContext().getAuthentication() instanceof PersonAuthentication login
        && !isFresh(login.person().loggedInAt())) {
      throw new LoginTooOldException(login.person().loggedInAt() == null, page(request));
    }
  }

  private boolean isFresh(@Nullable Instant loggedInAt) {
    return loggedInAt != null && loggedInAt.plus(properties.freshFor()).isAfter(clock.instant());
  }

  /** The page of the console whose form sent the request; the overview if that is not known. */
  private static String page(HttpServletRequest request) {
    String referrer = Objects.requireNonNullElse(request.getHeader(HttpHeaders.REFERER), "");
    String prefix = new ApiPath("/console").seenBy(request);
    int start = referrer.indexOf(prefix);
    return start < 0 ? "/console" : "/console" + referrer.substring(start + prefix.length());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> variables(HttpServletRequest request) {
    return (Map<String, String>)
        request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
  }
}
