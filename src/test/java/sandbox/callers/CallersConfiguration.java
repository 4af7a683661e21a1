package sandbox.callers;

import static org.springframework.security.oauth2.core.AuthorizationGrantType.CLIENT_CREDENTIALS;
import static org.springframework.security.oauth2.core.ClientAuthenticationMethod.CLIENT_SECRET_BASIC;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import sandbox.wire.SandboxUrl;

/**
 * Spring Authorization Server with five fixed callers, limited to its own paths. Each caller is a
 * client that gets tokens by itself, and also a person who logs in at Rekey's console.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
public class CallersConfiguration {
  public static final String AUDIENCE = "rekey";
  public static final String CONSOLE_CLIENT_ID = Console.ID;
  public static final String CONSOLE_CLIENT_SECRET = Console.SECRET;

  @Bean
  SecurityFilterChain authorizationServer(HttpSecurity http, Logins logins) {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server.tokenEndpoint(
                  token -> token.accessTokenRequestConverter(new AllScopesByDefault()));
              server.authorizationEndpoint(
                  endpoint -> endpoint.authenticationProviders(Console::acceptAnyPort));
              server.oidc(
                  oidc ->
                      oidc.logoutEndpoint(
                          logout -> logout.authenticationProviders(Console::acceptAnyReturn)));
            })
        .addFilterBefore(logins.maxAge(), SecurityContextHolderFilter.class)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .exceptionHandling(
            errors ->
                errors.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint("/login")))
        .build();
  }

  /** The login of people. The password of each is the secret of the client with the same name. */
  @Bean
  SecurityFilterChain people(HttpSecurity http, Logins logins) {
    return http.securityMatcher("/login", "/default-ui.css")
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .formLogin(form -> form.successHandler(logins))
        .build();
  }

  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
        Caller.ALL.stream()
            .map(caller -> User.withUsername(caller.id()).password(caller.secret()).build())
            .toList());
  }

  /** Keeps the filters away from the simulated upstreams, which authenticate callers themselves. */
  @Bean
  DelegatingFilterProxyRegistrationBean securityFilters() {
    var registration = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
    registration.addUrlPatterns(
        "/oauth2/*", "/.well-known/*", "/login", "/default-ui.css", "/connect/*");
    return registration;
  }

  @Bean
  JWKSource<SecurityContext> jwks(SigningKey signingKey) {
    // The key may still be generated while the server starts.
    return (selector, _) -> selector.select(new JWKSet(signingKey.key()));
  }

  @Bean
  JwtDecoder ownTokens(JWKSource<SecurityContext> jwks) {
    return OAuth2AuthorizationServerConfiguration.jwtDecoder(jwks);
  }

  @Bean
  AuthorizationServerSettings settings() {
    return AuthorizationServerSettings.builder().build();
  }

  /** The issuer is always the sandbox's URL, whatever host name the request used. */
  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> claims(SandboxUrl sandbox, Logins logins) {
    return context -> {
      JwtClaimsSet.Builder claims = context.getClaims().issuer(sandbox.url().toString());
      Caller caller =
          Caller.named(Objects.requireNonNull(context.<Authentication>getPrincipal()).getName());
      if (context.getTokenType().getValue().equals(OidcParameterNames.ID_TOKEN)) {
        logins.last(caller.id()).ifPresent(at -> claims.claim("auth_time", at.getEpochSecond()));
        return;
      }
      var granted = new LinkedHashSet<>(context.getAuthorizedScopes());
      granted.retainAll(caller.scopes());
      claims
          .audience(List.of(AUDIENCE))
          .claim("scope", granted)
          .claim("client_id", context.getRegisteredClient().getClientId())
          .claim("groups", List.of(caller.team()));
    };
  }

  @Bean
  RegisteredClientRepository clients() {
    return new InMemoryRegisteredClientRepository(
        Stream.concat(
                Caller.ALL.stream().map(CallersConfiguration::client), Stream.of(Console.client()))
            .toList());
  }

  private static RegisteredClient client(Caller caller) {
    return RegisteredClient.withId(caller.id())
        .clientId(caller.id())
        .clientSecret(caller.secret())
        .clientAuthenticationMethod(CLIENT_SECRET_BASIC)
        .authorizationGrantType(CLIENT_CREDENTIALS)
        .scopes(scopes -> scopes.addAll(caller.scopes()))
        .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(Duration.ofHours(1)).build())
        .build();
  }

  @Bean
  PasswordEncoder plainText() {
    return new PlainText();
  }
}
