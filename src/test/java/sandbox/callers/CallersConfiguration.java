package sandbox.callers;

import static org.springframework.security.oauth2.core.AuthorizationGrantType.CLIENT_CREDENTIALS;
import static org.springframework.security.oauth2.core.ClientAuthenticationMethod.CLIENT_SECRET_BASIC;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import sandbox.wire.SandboxUrl;

/** Spring Authorization Server with five fixed clients, limited to its own paths. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
public class CallersConfiguration {
  public static final String AUDIENCE = "rekey";

  @Bean
  SecurityFilterChain authorizationServer(HttpSecurity http) {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server.tokenEndpoint(
                  token -> token.accessTokenRequestConverter(new AllScopesByDefault()));
            })
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .build();
  }

  /** Keeps the filters away from the simulated upstreams, which authenticate callers themselves. */
  @Bean
  DelegatingFilterProxyRegistrationBean securityFilters() {
    var registration = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
    registration.addUrlPatterns("/oauth2/*", "/.well-known/*");
    return registration;
  }

  @Bean
  JWKSource<SecurityContext> jwks(SigningKey signingKey) {
    // The key may still be generated while the server starts.
    return (selector, _) -> selector.select(new JWKSet(signingKey.key()));
  }

  @Bean
  AuthorizationServerSettings settings() {
    return AuthorizationServerSettings.builder().build();
  }

  /** The issuer is always the sandbox's URL, whatever host name the request used. */
  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> claims(SandboxUrl sandbox) {
    return context -> {
      Caller caller = Caller.named(context.getRegisteredClient().getClientId());
      context
          .getClaims()
          .issuer(sandbox.url().toString())
          .audience(List.of(AUDIENCE))
          .claim("client_id", caller.id())
          .claim("groups", List.of(caller.team()));
    };
  }

  @Bean
  RegisteredClientRepository clients() {
    return new InMemoryRegisteredClientRepository(
        Caller.ALL.stream().map(CallersConfiguration::client).toList());
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
