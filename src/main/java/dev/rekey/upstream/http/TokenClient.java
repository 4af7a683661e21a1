package dev.rekey.upstream.http;

import dev.rekey.upstream.http.BearerTokens.NoTokenException;
import dev.rekey.upstream.http.UpstreamClients.Login;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AccessToken.TokenType;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;

/**
 * Fetches the access tokens of one login with Spring Security's OAuth2 client and the grant {@code
 * client_credentials}, and caches the last one. Not thread-safe.
 */
final class TokenClient {

  private static final Duration REFRESH_BEFORE_EXPIRY = Duration.ofSeconds(30);

  private final WebClientReactiveClientCredentialsTokenResponseClient client =
      new WebClientReactiveClientCredentialsTokenResponseClient();
  private final ClientRegistration registration;
  private final Duration timeout;
  private final Counter successes;
  private final Counter failures;
  private @Nullable OAuth2AccessToken token;

  TokenClient(Login login, HttpLimits limits, OutgoingHttp http, MeterRegistry meters) {
    this.registration = login.registration();
    this.timeout = limits.tokenTimeout();
    this.successes = fetches("success", meters);
    this.failures = fetches("failure", meters);
    TokenEndpoint.prepare(client, registration, limits.connectTimeout(), http);
    if (login.parameters() != null) {
      client.addParametersConverter(login.parameters());
    }
  }

  private Counter fetches(String outcome, MeterRegistry meters) {
    return Counter.builder("rekey.upstream.token.fetches")
        .description("Calls to a token endpoint; success: it returned a usable token")
        .tag("upstream", registration.getRegistrationId())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** The name of the upstream. */
  String upstream() {
    return registration.getRegistrationId();
  }

  String clientId() {
    return registration.getClientId();
  }

  /** A valid token, another than the rejected one; throws {@link NoTokenException} without one. */
  String getUnless(@Nullable String rejected) {
    if (token == null || isExpiring(token) || token.getTokenValue().equals(rejected)) {
      token = null;
      token = fetch();
    }
    if (!TokenType.BEARER.equals(token.getTokenType())) {
      throw noToken("use_dpop_nonce");
    }
    return token.getTokenValue();
  }

  private static boolean isExpiring(OAuth2AccessToken token) {
    Instant expiresAt = token.getExpiresAt();
    return expiresAt != null && Instant.now().isAfter(expiresAt.minus(REFRESH_BEFORE_EXPIRY));
  }

  private OAuth2AccessToken fetch() {
    Counter outcome = failures;
    try {
      OAuth2AccessToken fetched =
          TokenEndpoint.call(client, new OAuth2ClientCredentialsGrantRequest(registration), timeout)
              .getAccessToken();
      outcome = TokenType.BEARER.equals(fetched.getTokenType()) ? successes : failures;
      return fetched;
    } catch (OAuth2AuthorizationException e) {
      throw noToken(e.getError().getErrorCode());
    } finally {
      outcome.increment();
    }
  }

  /** Without the cause, whose message may quote the token endpoint's response. */
  private NoTokenException noToken(String reason) {
    URI url = URI.create(registration.getProviderDetails().getTokenUri());
    String server = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    return new NoTokenException(registration.getRegistrationId(), server, reason);
  }
}
