package dev.rekey.console.login;

import dev.rekey.upstream.http.OutgoingHttp;
import dev.rekey.upstream.http.TokenEndpoint;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.stereotype.Component;

/** Exchanges the code of a login for its tokens. */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class CodeExchange
    implements OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final OutgoingHttp http;

  CodeExchange(OutgoingHttp http) {
    this.http = http;
  }

  @Override
  public OAuth2AccessTokenResponse getTokenResponse(OAuth2AuthorizationCodeGrantRequest request) {
    var client = new WebClientReactiveAuthorizationCodeTokenResponseClient();
    TokenEndpoint.prepare(client, request.getClientRegistration(), CONNECT_TIMEOUT, http);
    return TokenEndpoint.call(client, request, TIMEOUT);
  }
}
