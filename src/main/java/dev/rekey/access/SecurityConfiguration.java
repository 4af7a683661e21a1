package dev.rekey.access;

import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Problems;
import dev.rekey.platform.settings.PropertyException;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * An OAuth 2.0 resource server. Every route needs a token; which scope it needs is for {@link
 * RouteScope}, which grant for {@link Access}.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  private static final Logger log = LoggerFactory.getLogger(SecurityConfiguration.class);

  private static final String SCOPE = "SCOPE_";
  private static final String[] API_DESCRIPTION = {
    "/v3/api-docs", "/v3/api-docs.yaml", "/swagger-ui", "/swagger-ui/**"
  };

  private static final RequestMatcher METADATA =
      PathPatternRequestMatcher.withDefaults().matcher("/.well-known/**");

  @Bean
  SecurityFilterChain scopesByRoute(
      HttpSecurity http,
      JwtDecoder keys,
      Problems problems,
      CallerArgument callers,
      DenialListener denials)
      throws Exception {
    return http
        // Spring Security would describe us there, by whatever Host a request names.
        .securityMatcher(new NegatedRequestMatcher(METADATA))
        .csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .cors(cors -> {})
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(
            requests -> {
              requests
                  .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                  .permitAll()
                  .requestMatchers(EndpointRequest.to("health", "prometheus"))
                  .permitAll()
                  .requestMatchers(HttpMethod.GET, API_DESCRIPTION)
                  .permitAll();
              for (RouteScope rule : RouteScope.ALL) {
                requests.requestMatchers(matchers(rule)).hasAuthority(SCOPE + rule.scope());
              }
              requests.anyRequest().authenticated();
            })
        .oauth2ResourceServer(
            server ->
                server
                    .jwt(jwt -> jwt.decoder(new VerifiedTokens(token -> decoded(keys, token))))
                    .withObjectPostProcessor(tellOfAnIssuerThatIsAway(problems))
                    .authenticationEntryPoint(unauthenticated(problems))
                    .accessDeniedHandler(outOfScope(problems, callers, denials)))
        .build();
  }

  private static RequestMatcher[] matchers(RouteScope rule) {
    var routes = PathPatternRequestMatcher.withDefaults();
    return rule.paths().stream()
        .flatMap(
            path ->
                rule.methods().isEmpty()
                    ? Stream.of(routes.matcher(path))
                    : rule.methods().stream().map(method -> routes.matcher(method, path)))
        .toArray(RequestMatcher[]::new);
  }

  /** Boot adds this to its own checks of issuer, audience and time. */
  @Bean
  OAuth2TokenValidator<Jwt> subjectAndExpiry() {
    return token ->
        isPrintable(token.getSubject()) && token.getExpiresAt() != null
            ? OAuth2TokenValidatorResult.success()
            : OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "sub and exp are required", null));
  }

  // It goes into the history.
  private static boolean isPrintable(@Nullable String subject) {
    return StringUtils.hasText(subject) && subject.chars().noneMatch(Character::isISOControl);
  }

  /** One observation of each request is enough; each security filter would have one of its own. */
  @Bean
  SecurityObservationSettings noObservationsOfEachFilter() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  WebMvcConfigurer callerArguments(CallerArgument callers) {
    return new WebMvcConfigurer() {
      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(callers);
      }
    };
  }

  @Bean
  CorsConfigurationSource corsConfigurationSource(AccessProperties properties) {
    var source = new UrlBasedCorsConfigurationSource();
    if (!properties.corsOrigins().isEmpty()) {
      var cors = new CorsConfiguration();
      cors.setAllowedOrigins(properties.corsOrigins());
      cors.setAllowedMethods(List.of("GET", "HEAD"));
      cors.setAllowedHeaders(List.of("Authorization", "X-Request-Id", "traceparent"));
      cors.setExposedHeaders(List.of("Link", "X-Request-Id"));
      cors.setMaxAge(Duration.ofHours(1));
      source.registerCorsConfiguration("/api/v1/**", cors);
    }
    return source;
  }

  /** Refuses to start without both checks: a token for somebody else must not open anything. */
  @Bean
  static IssuerAndAudience issuerAndAudience(OAuth2ResourceServerProperties properties) {
    var jwt = properties.getJwt();
    if (!StringUtils.hasText(jwt.getIssuerUri()) || jwt.getAudiences().isEmpty()) {
      throw new PropertyException(
          "spring.security.oauth2.resourceserver.jwt.issuer-uri",
          "and audiences beside it are required: the issuer of your callers' access tokens, and the"
              + " audience that stands for Rekey in them");
    }
    return new IssuerAndAudience();
  }

  record IssuerAndAudience() {}

  private static AuthenticationEntryPoint unauthenticated(Problems problems) {
    var challenge = new BearerTokenAuthenticationEntryPoint();
    return (request, response, thrown) -> {
      challenge.commence(request, response, thrown);
      response.setHeader(
          HttpHeaders.WWW_AUTHENTICATE,
          withoutMetadata(response.getHeader(HttpHeaders.WWW_AUTHENTICATE)));
      problems.write(
          ProblemType.UNAUTHENTICATED.with(
              "Send Authorization: Bearer with an access token that is not expired and was issued"
                  + " for Rekey."),
          request,
          response);
    };
  }

  private static String withoutMetadata(@Nullable String challenge) {
    return String.valueOf(challenge)
        .replaceFirst("resource_metadata=\"[^\"]*\"(, )?", "")
        .replaceFirst("[, ]+$", "");
  }

  // As long as no key was ever had, Spring Security takes this for a fault in the configuration.
  private static Jwt decoded(JwtDecoder keys, String token) {
    try {
      return keys.decode(token);
    } catch (JwtDecoderInitializationException e) {
      throw new JwtException("its keys cannot be had", e);
    }
  }

  // Without this, Spring Security throws what then is a fault of ours, with its stack trace.
  private static ObjectPostProcessor<BearerTokenAuthenticationFilter> tellOfAnIssuerThatIsAway(
      Problems problems) {
    AuthenticationEntryPoint unauthenticated = unauthenticated(problems);
    return new ObjectPostProcessor<>() {
      @Override
      public <O extends BearerTokenAuthenticationFilter> O postProcess(O filter) {
        filter.setAuthenticationFailureHandler(
            (request, response, thrown) -> {
              if (thrown instanceof AuthenticationServiceException) {
                log.warn("The issuer of access tokens does not answer: {}", thrown.getMessage());
                problems.write(
                    ProblemType.ISSUER_UNAVAILABLE.with(
                        "The issuer of access tokens does not answer. Nothing was done; repeat"
                            + " later."),
                    request,
                    response);
              } else {
                unauthenticated.commence(request, response, thrown);
              }
            });
        return filter;
      }
    };
  }

  private static AccessDeniedHandler outOfScope(
      Problems problems, CallerArgument callers, DenialListener denials) {
    return (request, response, thrown) -> {
      String scope = missingScope(thrown);
      var authentication = SecurityContextHolder.getContext().getAuthentication();
      if (authentication != null) {
        denials.denied(
            callers.caller(authentication, request),
            null,
            "scope " + scope + " is missing for " + request.getMethod());
      }
      problems.write(Access.outOfScope(scope), request, response);
    };
  }

  private static String missingScope(AccessDeniedException thrown) {
    return thrown instanceof AuthorizationDeniedException denied
            && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision
        ? decision.getAuthorities().stream()
            .map(GrantedAuthority::getAuthority)
            .map(authority -> String.valueOf(authority).substring(SCOPE.length()))
            .findFirst()
            .orElse("")
        : "";
  }
}
