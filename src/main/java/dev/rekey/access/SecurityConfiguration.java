package dev.rekey.access;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.Issuers;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * An OAuth 2.0 resource server. Every route requires a token. {@link RouteScope} has its scope, and
 * {@link Access} checks the grants.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  private static final String[] PAGES = {
    "/",
    "/problems",
    "/problems/*",
    "/swagger-ui",
    "/swagger-ui.html",
    "/swagger-ui/**",
    "/v3/api-docs",
    "/v3/api-docs.yaml"
  };

  private static final BearerTokenResolver TOKENS = new DefaultBearerTokenResolver();
  private static final String SCHEME = "Bearer ";

  // Spring Security would serve metadata there that repeats the request's Host.
  private static final RequestMatcher METADATA =
      PathPatternRequestMatcher.withDefaults().matcher("/.well-known/**");

  @Bean
  SecurityFilterChain scopesByRoute(HttpSecurity http, Issuers issuers, SecurityProblems problems)
      throws Exception {
    return http.securityMatcher(new NegatedRequestMatcher(METADATA))
        .csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .cors(cors -> {})
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(SecurityConfiguration::authorize)
        .oauth2ResourceServer(
            server ->
                server
                    .bearerTokenResolver(SecurityConfiguration::token)
                    .jwt(
                        jwt ->
                            jwt.decoder(new VerifiedTokens(issuers))
                                .jwtAuthenticationConverter(
                                    token -> authentication(token, issuers.of(token))))
                    .withObjectPostProcessor(failingWith(problems))
                    .authenticationEntryPoint(problems)
                    .accessDeniedHandler(problems))
        .build();
  }

  private static void authorize(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests) {
    requests
        .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
        .permitAll()
        .requestMatchers(EndpointRequest.to("health", "info", "prometheus"))
        .permitAll()
        .requestMatchers(HttpMethod.GET, PAGES)
        .permitAll()
        .requestMatchers(HttpMethod.HEAD, PAGES)
        .permitAll();
    for (RouteScope rule : RouteScope.ALL) {
      requests.requestMatchers(rule.matchers()).hasAuthority(rule.authority());
    }
    requests.anyRequest().authenticated();
  }

  private static JwtAuthenticationToken authentication(Jwt token, Issuer issuer) {
    return new JwtAuthenticationToken(
        token, RouteScope.authorities(issuer.scopes(token)), issuer.principal(token));
  }

  // A proxy may check one of two headers and Rekey the other.
  private static @Nullable String token(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    if (headers.size() > 1) {
      throw new OAuth2AuthenticationException(
          BearerTokenErrors.invalidRequest("several Authorization headers"));
    }
    return !headers.isEmpty() && isPlain(headers.getFirst())
        ? headers.getFirst().substring(SCHEME.length())
        : TOKENS.resolve(request);
  }

  // Spring Security's resolver decides about every other header. Its pattern would take a tenth of
  // the time of a proxied read.
  private static boolean isPlain(String header) {
    if (header.length() <= SCHEME.length() || !header.startsWith(SCHEME)) {
      return false;
    }
    for (int i = SCHEME.length(); i < header.length(); i++) {
      if (!isTokenCharacter(header.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.';
  }

  // The filter's own handler throws if the issuer does not respond, which would be a 500.
  private static ObjectPostProcessor<BearerTokenAuthenticationFilter> failingWith(
      SecurityProblems problems) {
    return new ObjectPostProcessor<>() {
      @Override
      public <O extends BearerTokenAuthenticationFilter> O postProcess(O filter) {
        filter.setAuthenticationFailureHandler(problems);
        return filter;
      }
    };
  }

  /** The observation of the request suffices. */
  @Bean
  SecurityObservationSettings noObservationsOfFilters() {
    return SecurityObservationSettings.noObservations();
  }
}
