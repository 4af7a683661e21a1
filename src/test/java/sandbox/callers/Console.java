package sandbox.callers;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationValidator;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** The client of Rekey's console, which may run on any port of this machine. */
final class Console {
  static final String ID = "console";
  static final String SECRET = "console-secret";
  private static final String CODE = "/console/login/code";
  private static final String ENDED = "/console/login/ended";

  private Console() {}

  static RegisteredClient client() {
    return RegisteredClient.withId(ID)
        .clientId(ID)
        .clientSecret(SECRET)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .redirectUri("http://localhost:8080" + CODE)
        .postLogoutRedirectUri("http://localhost:8080" + ENDED)
        .scope(OidcScopes.OPENID)
        .scopes(
            scopes ->
                scopes.addAll(
                    List.of("credentials:read", "credentials:write", "audit:read", "admin")))
        .clientSettings(ClientSettings.builder().requireProofKey(true).build())
        .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(Duration.ofMinutes(5)).build())
        .build();
  }

  static void acceptAnyPort(List<AuthenticationProvider> providers) {
    Consumer<OAuth2AuthorizationCodeRequestAuthenticationContext> validator =
        ((Consumer<OAuth2AuthorizationCodeRequestAuthenticationContext>) Console::checkRedirect)
            .andThen(OAuth2AuthorizationCodeRequestAuthenticationValidator.DEFAULT_SCOPE_VALIDATOR);
    providers.stream()
        .filter(OAuth2AuthorizationCodeRequestAuthenticationProvider.class::isInstance)
        .map(OAuth2AuthorizationCodeRequestAuthenticationProvider.class::cast)
        .forEach(provider -> provider.setAuthenticationValidator(validator));
  }

  private static void checkRedirect(OAuth2AuthorizationCodeRequestAuthenticationContext context) {
    OAuth2AuthorizationCodeRequestAuthenticationToken request = context.getAuthentication();
    if (!isOfThisMachine(request.getRedirectUri(), CODE)) {
      throw new OAuth2AuthorizationCodeRequestAuthenticationException(
          new OAuth2Error("invalid_request"), null);
    }
  }

  static void acceptAnyReturn(List<AuthenticationProvider> providers) {
    providers.stream()
        .filter(OidcLogoutAuthenticationProvider.class::isInstance)
        .map(OidcLogoutAuthenticationProvider.class::cast)
        .forEach(provider -> provider.setAuthenticationValidator(Console::checkReturn));
  }

  private static void checkReturn(OidcLogoutAuthenticationContext context) {
    OidcLogoutAuthenticationToken request = context.getAuthentication();
    if (!isOfThisMachine(request.getPostLogoutRedirectUri(), ENDED)) {
      throw new OAuth2AuthenticationException("invalid_request");
    }
  }

  private static boolean isOfThisMachine(@Nullable String url, String path) {
    return url != null
        && URI.create(url).getHost().equals("localhost")
        && URI.create(url).getPath().endsWith(path);
  }
}
