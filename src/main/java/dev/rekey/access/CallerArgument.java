package dev.rekey.access;

import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.RequestPath;
import dev.rekey.platform.web.ApiRoutes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives controllers the {@link Caller} of a request, from its token. */
@Component
class CallerArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  private final AccessProperties properties;
  private final ObjectProvider<ApiRoutes> routes;

  // The routes are made from the controllers, which need this bean.
  CallerArgument(AccessProperties properties, ObjectProvider<ApiRoutes> routes) {
    this.properties = properties;
    this.routes = routes;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class;
  }

  @Override
  public Caller resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    return caller(
        Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication()),
        Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)));
  }

  Caller caller(Authentication authentication, HttpServletRequest request) {
    if (!(authentication instanceof JwtAuthenticationToken token)) {
      throw new IllegalStateException("a route without an access token has no caller");
    }
    return new Caller(
        token.getName(),
        token.getToken().getClaimAsString("client_id"),
        teams(token),
        RouteScope.of(token.getAuthorities()).collect(Collectors.toUnmodifiableSet()),
        RequestInfo.find(request).orElseThrow(),
        route(request));
  }

  // If a scope is missing, Spring has not looked up the controller yet.
  private String route(HttpServletRequest request) {
    return Optional.ofNullable(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
        .map(Object::toString)
        .or(() -> routes.getObject().pattern(RequestPath.of(request)))
        .map(pattern -> request.getMethod() + " " + pattern)
        .orElse(request.getMethod());
  }

  private List<String> teams(JwtAuthenticationToken token) {
    return switch (token.getToken().getClaims().get(properties.teamClaim())) {
      case String team -> List.of(team);
      case Collection<?> teams ->
          teams.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }
}
