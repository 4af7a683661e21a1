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

/**
 * The access token that one login got last, and the way to another. Not for many threads at once.
 */
final class HeldToken {

  // One principal for all: with the caller's own, Spring would fetch one token per caller.
  private static final Authentication REKEY =
      UsernamePasswordAuthenticationToken.authenticated("rekey", null, List.of());

  private final AuthorizedClientServiceOAuth2AuthorizedClientManager manager;
  private final OAuth2AuthorizedClientService clients;
  private final String registrationId;

  HeldToken(
      AuthorizedClientServiceOAuth2AuthorizedClientManager manager,
      OAuth2AuthorizedClientService clients,
      String registrationId) {
    this.manager = manager;
    this.clients = clients;
    this.registrationId = registrationId;
  }

  /**
   * The token, fetched if there is none that lives for a while yet.
   *
   * @param refused which one it must not be, because the upstream does not take it any more
   */
  String insteadOf(@Nullable String refused) {
    dropIfCached(refused);
    return cachedOrFetched();
  }

  private void dropIfCached(@Nullable String refused) {
    OAuth2AuthorizedClient cached = clients.loadAuthorizedClient(registrationId, REKEY.getName());
    if (cached != null && cached.getAccessToken().getTokenValue().equals(refused)) {
      clients.removeAuthorizedClient(registrationId, REKEY.getName());
    }
  }

  private String cachedOrFetched() {
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
