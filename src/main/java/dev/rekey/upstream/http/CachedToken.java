package dev.rekey.upstream.http;

import dev.rekey.upstream.http.BearerTokens.NoTokenException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

/** Fetches the access tokens of one login, and caches the last one. Not thread-safe. */
final class CachedToken {

  // A fixed principal: Spring caches one token per principal.
  private static final Authentication REKEY =
      UsernamePasswordAuthenticationToken.authenticated("rekey", null, List.of());

  private final AuthorizedClientServiceOAuth2AuthorizedClientManager manager;
  private final OAuth2AuthorizedClientService clients;
  private final String registrationId;

  CachedToken(
      AuthorizedClientServiceOAuth2AuthorizedClientManager manager,
      OAuth2AuthorizedClientService clients,
      String registrationId) {
    this.manager = manager;
    this.clients = clients;
    this.registrationId = registrationId;
  }

  /**
   * The cached token, or a new one if it is about to expire or was rejected.
   *
   * @param rejected the token that the upstream rejected, or null
   * @throws NoTokenException if no token could be fetched
   */
  String getUnless(@Nullable String rejected) {
    removeFromCache(rejected);
    return getOrFetch();
  }

  private void removeFromCache(@Nullable String rejected) {
    OAuth2AuthorizedClient cached = clients.loadAuthorizedClient(registrationId, REKEY.getName());
    if (cached != null && cached.getAccessToken().getTokenValue().equals(rejected)) {
      clients.removeAuthorizedClient(registrationId, REKEY.getName());
    }
  }

  private String getOrFetch() {
    var request =
        OAuth2AuthorizeRequest.withClientRegistrationId(registrationId).principal(REKEY).build();
    OAuth2AuthorizedClient client;
    try {
      client = manager.authorize(request);
    } catch (RuntimeException e) {
      throw new NoTokenException(registrationId, e);
    }
    if (client == null
        || !OAuth2AccessToken.TokenType.BEARER.equals(client.getAccessToken().getTokenType())) {
      throw new NoTokenException(registrationId, null);
    }
    return client.getAccessToken().getTokenValue();
  }
}
