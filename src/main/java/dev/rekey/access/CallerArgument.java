package dev.rekey.access;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.RequestPath;
import dev.rekey.platform.web.ApiRoutes;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives controllers the {@link Caller} of a request, from its token or its login. */
@Component
public final class CallerArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  private static final Duration LOGIN_CHECK = Duration.ofMinutes(1);

  private final Issuers issuers;
  private final ObjectProvider<ApiRoutes> routes;

  // The routes are made from the controllers, which need this bean.
  CallerArgument(Issuers issuers, ObjectProvider<ApiRoutes> routes) {
    this.issuers = issuers;
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
    return current(Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)));
  }

  /**
   * The caller of the request that this thread serves. The route has to need a token or a login.
   */
  public Caller current(HttpServletRequest request) {
    return caller(authentication(), request);
  }

  /**
   * When a response to the request that this thread serves has to end: with the access token. A
   * login may be ended at any time, so its response ends soon, and the client asks again.
   */
  public Instant expiry() {
    return switch (authentication()) {
      case PersonAuthentication login -> {
        Instant soon = Instant.now().plus(LOGIN_CHECK);
        Instant end = login.person().endsAt();
        yield end.isBefore(soon) ? end : soon;
      }
      // The check of tokens refuses one without an expiry.
      case JwtAuthenticationToken token -> Objects.requireNonNull(token.getToken().getExpiresAt());
      default -> throw anonymous();
    };
  }

  private static Authentication authentication() {
    return Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication());
  }

  private static IllegalStateException anonymous() {
    return new IllegalStateException("a route without an access token or a login has no caller");
  }

  Caller caller(Authentication authentication, HttpServletRequest request) {
    return switch (authentication) {
      case PersonAuthentication login -> person(login.person(), request);
      case JwtAuthenticationToken token -> holder(token, request);
      default -> throw anonymous();
    };
  }

  private Caller person(Person person, HttpServletRequest request) {
    return new Caller(
        person.id(),
        person.issuer(),
        Caller.Kind.PERSON,
        person.clientId(),
        person.teams(),
        person.scopes(),
        RequestInfo.find(request).orElseThrow(),
        route(request));
  }

  private Caller holder(JwtAuthenticationToken token, HttpServletRequest request) {
    Jwt jwt = token.getToken();
    Issuer issuer = issuers.of(jwt);
    return new Caller(
        token.getName(),
        issuer.name(),
        issuer.isPerson(jwt) ? Caller.Kind.PERSON : Caller.Kind.PROGRAM,
        issuer.clientId(jwt),
        issuer.teams(jwt),
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
}
