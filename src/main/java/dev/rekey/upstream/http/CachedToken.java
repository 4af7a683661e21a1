package dev.rekey.upstream.http;

import dev.rekey.upstream.http.BearerTokens.NoTokenException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AccessToken.TokenType;

/** Fetches the access tokens of one login, and caches the last one. Not thread-safe. */
final class CachedToken {

  private static final Duration REFRESH_BEFORE_EXPIRY = Duration.ofSeconds(30);

  private final OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client;
  private final ClientRegistration registration;
  private @Nullable OAuth2AccessToken token;

  CachedToken(
      OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client,
      ClientRegistration registration) {
    this.client = client;
    this.registration = registration;
  }

  /** A valid token, another than the rejected one; throws {@link NoTokenException} without one. */
  String getUnless(@Nullable String rejected) {
    if (token == null || isExpiring(token) || token.getTokenValue().equals(rejected)) {
      token = null;
      token = fetch();
    }
    if (!TokenType.BEARER.equals(token.getTokenType())) {
      throw new NoTokenException(registration.getRegistrationId(), null);
    }
    return token.getTokenValue();
  }

  private static boolean isExpiring(OAuth2AccessToken token) {
    Instant expiresAt = token.getExpiresAt();
    return expiresAt != null && Instant.now().isAfter(expiresAt.minus(REFRESH_BEFORE_EXPIRY));
  }

  private OAuth2AccessToken fetch() {
    try {
      return client
          .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration))
          .getAccessToken();
    } catch (RuntimeException e) {
      throw new NoTokenException(registration.getRegistrationId(), e);
    }
  }
}
