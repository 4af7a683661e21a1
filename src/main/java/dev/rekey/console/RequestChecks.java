package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.CallerArgument;
import dev.rekey.access.PersonAuthentication;
import dev.rekey.console.login.ConsoleProperties;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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

  private static final String CALLS = ApiCall.class.getName();

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

  /** The API's requests that the page of this request stands on; empty if it stands on none. */
  @SuppressWarnings("unchecked")
  static List<ApiCall> calls(HttpServletRequest request) {
    List<ApiCall> calls = (List<ApiCall>) request.getAttribute(CALLS);
    return calls == null ? List.of() : calls;
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws IOException {
    String query = request.getQueryString();
    if (query != null && isRead(request)) {
      String rewritten = FormQuery.rewritten(query);
      if (!rewritten.equals(query)) {
        String path = new ApiPath(RequestPath.of(request).sent()).seenBy(request);
        response.sendRedirect(rewritten.isEmpty() ? path : path + "?" + rewritten);
        return false;
      }
    }
    if (handler instanceof HandlerMethod method) {
      if (method.getBeanType() == UnknownPage.class) {
        throw UnknownPage.problem();
      }
      if (method.getBeanType().isAnnotationPresent(ConsolePage.class)) {
        check(method, request);
      }
    }
    return true;
  }

  private static boolean isRead(HttpServletRequest request) {
    return HttpMethod.GET.matches(request.getMethod())
        || HttpMethod.HEAD.matches(request.getMethod());
  }

  private void check(HandlerMethod page, HttpServletRequest request) {
    StandsOn route = page.getMethodAnnotation(StandsOn.class);
    if (route == null) {
      throw new IllegalStateException(page + " does not say on which route it stands");
    }
    ApiCall call = ApiCall.of(route.value(), variables(request), request.getQueryString());
    Caller caller = callers.current(request);
    access.requireScopeFor(caller, call.method(), call.path());
    request.setAttribute(
        CALLS, Stream.concat(calls(route, call), furtherCalls(route, caller)).toList());
    if (!call.method().equals(HttpMethod.GET)) {
      requireFreshLogin(request);
    }
  }

  private static Stream<ApiCall> calls(StandsOn route, ApiCall call) {
    return route.queries().length == 0
        ? Stream.of(call)
        : Arrays.stream(route.queries()).map(call::with);
  }

  private Stream<ApiCall> furtherCalls(StandsOn route, Caller caller) {
    return Arrays.stream(route.also())
        .map(ApiCall::of)
        .filter(call -> access.hasScopeFor(caller, call.method(), call.path()));
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
  static String page(HttpServletRequest request) {
    String prefix = new ApiPath("/console").seenBy(request);
    return Optional.ofNullable(request.getHeader(HttpHeaders.REFERER))
        .flatMap(RequestChecks::pathAndQuery)
        .filter(page -> page.startsWith(prefix))
        .map(page -> "/console" + page.substring(prefix.length()))
        .orElse("/console");
  }

  private static Optional<String> pathAndQuery(String url) {
    try {
      var parsed = new URI(url);
      String query = parsed.getRawQuery();
      return Optional.of(parsed.getRawPath() + (query == null ? "" : "?" + query));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> variables(HttpServletRequest request) {
    return (Map<String, String>)
        request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
  }
}
