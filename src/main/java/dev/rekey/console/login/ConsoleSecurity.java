package dev.rekey.console.login;

import dev.rekey.access.issuer.RefusedToken;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.util.UriComponentsBuilder;

/** The console's own filter chain: people log in with OpenID Connect, and have a session. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("rekey.console.enabled")
class ConsoleSecurity {

  private static final Logger log = LoggerFactory.getLogger(ConsoleSecurity.class);

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

  private static final String[] OPEN = {
    "/console/assets/**", LoginPages.FAILED, LoginPages.REFUSED, LoginPages.LOGGED_OUT
  };
  private static final Pattern CODE = Pattern.compile("[a-z][a-z_-]{0,39}");
  private static final String ID_TOKEN = ConsoleSecurity.class.getName();

  private final IdentityProvider provider;
  private final PersonSessions sessions;
  private final ConsoleProperties properties;

  ConsoleSecurity(
      IdentityProvider provider, PersonSessions sessions, ConsoleProperties properties) {
    this.provider = provider;
    this.sessions = sessions;
    this.properties = properties;
  }

  @Bean
  @Order(0)
  SecurityFilterChain console(
      HttpSecurity http,
      LoginRequests requests,
      LoginState state,
      CodeExchange exchange,
      People people)
      throws Exception {
    return http.securityMatcher("/console", "/console/**")
        .authorizeHttpRequests(
            paths ->
                paths
                    // A response that was refused, and the pages of it.
                    .dispatcherTypeMatchers(
                        DispatcherType.FORWARD, DispatcherType.ERROR, DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(HttpMethod.GET, OPEN)
                    .permitAll()
                    .requestMatchers(HttpMethod.HEAD, OPEN)
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .securityContext(context -> context.securityContextRepository(sessions))
        .requestCache(RequestCacheConfigurer::disable)
        .csrf(csrf -> csrf.csrfTokenRepository(new SessionCsrf()))
        .oauth2Login(
            login ->
                login
                    .clientRegistrationRepository(provider)
                    .authorizedClientRepository(new NoClients())
                    .loginPage(LoginRequests.BASE)
                    .authorizationEndpoint(
                        endpoint ->
                            endpoint
                                .authorizationRequestResolver(requests)
                                .authorizationRequestRepository(state))
                    .redirectionEndpoint(
                        endpoint -> endpoint.baseUri(IdentityProvider.REDIRECT_PATH))
                    .tokenEndpoint(endpoint -> endpoint.accessTokenResponseClient(exchange))
                    .userInfoEndpoint(endpoint -> endpoint.oidcUserService(people))
                    .successHandler(ConsoleSecurity::loggedIn)
                    .failureHandler(ConsoleSecurity::failed)
                    .withObjectPostProcessor(showingFailures()))
        .logout(
            logout ->
                logout
                    .logoutUrl("/console/logout")
                    .addLogoutHandler(this::keepIdToken)
                    .logoutSuccessHandler(this::loggedOut))
        .exceptionHandling(
            errors ->
                errors
                    .authenticationEntryPoint(ConsoleSecurity::logIn)
                    .accessDeniedPage(LoginPages.REFUSED))
        .headers(this::headers)
        .build();
  }

  /** Verifies ID tokens with the keys that verify access tokens. */
  @Bean
  JwtDecoderFactory<ClientRegistration> idTokens() {
    return registration -> decoder(new OidcIdTokenValidator(registration));
  }

  private JwtDecoder decoder(OidcIdTokenValidator claims) {
    return text -> {
      Jwt token;
      try {
        token = provider.issuer().signed(text);
      } catch (RefusedToken e) {
        throw new BadJwtException(String.valueOf(e.getMessage()));
      }
      OAuth2TokenValidatorResult checked = claims.validate(token);
      if (checked.hasErrors()) {
        throw new JwtValidationException("the ID token is not valid", checked.getErrors());
      }
      return token;
    };
  }

  private void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
        .addHeaderWriter(
            (_, response) -> {
              response.setHeader("Content-Security-Policy", policy());
              response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
              response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
            });
  }

  // A browser follows the redirect of the logout form to the issuer only if the policy names it.
  private String policy() {
    return Stream.concat(Stream.of(POLICY), provider.origins().stream())
        .collect(Collectors.joining(" "));
  }

  /** Begins a login, and then shows the page that was asked for. */
  private static void logIn(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    String accept = Objects.toString(request.getHeader(HttpHeaders.ACCEPT), "");
    if (request.getHeader("HX-Request") != null
        || accept.contains(MediaType.TEXT_EVENT_STREAM_VALUE)) {
      // htmx loads the whole page again, which leads to the login. A stream ends.
      response.setHeader("HX-Refresh", "true");
      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    } else if (HttpMethod.GET.matches(request.getMethod())
        || HttpMethod.HEAD.matches(request.getMethod())) {
      String query = request.getQueryString();
      String page = RequestPath.of(request).sent() + (query == null ? "" : "?" + query);
      redirect(LoginRequests.path(page, false), request, response);
    } else {
      redirect(LoginRequests.path("/console", false), request, response);
    }
  }

  private static void loggedIn(
      HttpServletRequest request, HttpServletResponse response, Authentication login)
      throws IOException {
    redirect(LoginState.page(request).orElse("/console"), request, response);
  }

  private static void failed(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    LoginFailure failure = LoginFailure.of(thrown);
    log.atLevel(failure.level()).log("A login at the console failed: {}", reason(thrown));
    redirect(LoginPages.FAILED + "?reason=" + failure.code(), request, response);
  }

  // The text of an exception may be an issuer's.
  private static String reason(AuthenticationException thrown) {
    return thrown instanceof OAuth2AuthenticationException failed
            && CODE.matcher(failed.getError().getErrorCode()).matches()
        ? failed.getError().getErrorCode()
        : thrown.getClass().getSimpleName();
  }

  // The filter's own handler would respond 500 if the issuer's metadata is unavailable.
  private static ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter> showingFailures() {
    return new ObjectPostProcessor<>() {
      @Override
      public <O extends OAuth2AuthorizationRequestRedirectFilter> O postProcess(O filter) {
        filter.setAuthenticationFailureHandler(ConsoleSecurity::failed);
        return filter;
      }
    };
  }

  // The session ends before the redirect to the issuer, which needs the token.
  private void keepIdToken(
      HttpServletRequest request, HttpServletResponse response, @Nullable Authentication login) {
    sessions.idToken(request).ifPresent(token -> request.setAttribute(ID_TOKEN, token));
  }

  /** Logs the person out of the issuer, too (OpenID Connect RP-Initiated Logout). */
  private void loggedOut(
      HttpServletRequest request, HttpServletResponse response, @Nullable Authentication login)
      throws IOException {
    Object token = request.getAttribute(ID_TOKEN);
    String back = properties.baseUrl() + LoginPages.LOGGED_OUT;
    if (token == null || provider.logoutUrl().isEmpty()) {
      redirect(LoginPages.LOGGED_OUT, request, response);
    } else {
      response.sendRedirect(
          UriComponentsBuilder.fromUriString(provider.logoutUrl().orElseThrow())
              .queryParam("id_token_hint", "{token}")
              .queryParam("post_logout_redirect_uri", "{back}")
              .encode()
              .buildAndExpand(token, back)
              .toUriString());
    }
  }

  private static void redirect(
      String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.sendRedirect(new ApiPath(path).seenBy(request));
  }

  /** Keeps no token, because the console calls nobody. */
  private static final class NoClients implements OAuth2AuthorizedClientRepository {

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
        String registration, Authentication principal, HttpServletRequest request) {
      return null;
    }

    @Override
    public void saveAuthorizedClient(
        OAuth2AuthorizedClient client,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}

    @Override
    public void removeAuthorizedClient(
        String registration,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}
  }
}
