package dev.rekey.upstream.http;

import dev.rekey.upstream.http.BearerTokens.NoTokenException;
import dev.rekey.upstream.http.UpstreamClients.Login;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AccessToken.TokenType;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.endpoint.DefaultMapOAuth2AccessTokenResponseConverter;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;

/**
 * Fetches the access tokens of one login with Spring Security's OAuth2 client and the grant {@code
 * client_credentials}, and caches the last one. Not thread-safe.
 */
final class TokenClient {

  private static final int MAX_RESPONSE_BYTES = 64 * 1024;
  private static final Duration REFRESH_BEFORE_EXPIRY = Duration.ofSeconds(30);

  /** Used if the response has no usable {@code expires_in}, which Keycard's may omit. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

  private static final Duration MAX_LIFETIME = Duration.ofDays(1);

  private static final TypeReference<Map<String, Object>> PARAMETERS = new TypeReference<>() {};
  private static final String INVALID = "invalid_token_response";
  private static final Pattern ERROR_CODE = Pattern.compile("[a-z][a-z_]{0,39}");

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
    client.setWebClient(webClient(limits, http));
    // Read as bytes, because Spring's JSON decoder logs what it decodes at DEBUG.
    client.setBodyExtractor(
        (response, context) ->
            BodyExtractors.toMono(byte[].class).extract(response, context).map(TokenClient::token));
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
          client
              .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration))
              .timeout(timeout)
              .onErrorMap(
                  error -> !(error instanceof OAuth2AuthorizationException), TokenClient::failure)
              .contextWrite(OutgoingHttp::dropLateErrors)
              .blockOptional()
              .orElseThrow(() -> failure(INVALID))
              .getAccessToken();
      outcome = TokenType.BEARER.equals(fetched.getTokenType()) ? successes : failures;
      return fetched;
    } catch (OAuth2AuthorizationException e) {
      throw noToken(e.getError().getErrorCode());
    } catch (RuntimeException e) {
      throw noToken(TokenFailures.kindOf(e));
    } finally {
      outcome.increment();
    }
  }

  private WebClient webClient(HttpLimits limits, OutgoingHttp http) {
    URI url = URI.create(registration.getProviderDetails().getTokenUri());
    return WebClient.builder()
        .clientConnector(
            new ReactorClientHttpConnector(http.unpooled(url, limits.connectTimeout())))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_RESPONSE_BYTES))
        .filter(ExchangeFilterFunction.ofResponseProcessor(TokenClient::failOnError))
        .build();
  }

  // Spring reads the error code of a 400 only, and RFC 6749 (5.2) has 401 for invalid_client.
  private static Mono<ClientResponse> failOnError(ClientResponse response) {
    if (!response.statusCode().isError()) {
      return Mono.just(response);
    }
    String status = "status " + response.statusCode().value();
    return response
        .bodyToMono(byte[].class)
        .map(body -> LenientJson.MAPPER.readTree(body).path("error").asString(""))
        // The code is logged, and anyone's text must not be.
        .filter(code -> ERROR_CODE.matcher(code).matches())
        .onErrorReturn(status)
        .defaultIfEmpty(status)
        .flatMap(code -> Mono.error(failure(code)));
  }

  /** Without the cause, whose message may quote the token endpoint's response. */
  private NoTokenException noToken(String reason) {
    URI url = URI.create(registration.getProviderDetails().getTokenUri());
    String server = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    return new NoTokenException(registration.getRegistrationId(), server, reason);
  }

  /** An unreadable response, or the kind of the failure that prevented one. */
  private static OAuth2AuthorizationException failure(Throwable cause) {
    return failure(TokenFailures.isUnreadable(cause) ? INVALID : TokenFailures.kindOf(cause));
  }

  private static OAuth2AuthorizationException failure(String code) {
    return new OAuth2AuthorizationException(new OAuth2Error(code));
  }

  private static OAuth2AccessTokenResponse token(byte[] body) {
    var parameters = new HashMap<>(LenientJson.MAPPER.readValue(body, PARAMETERS));
    parameters.compute(OAuth2ParameterNames.EXPIRES_IN, (_, sent) -> lifetime(sent));
    return new DefaultMapOAuth2AccessTokenResponseConverter().convert(parameters);
  }

  private static long lifetime(@Nullable Object expiresIn) {
    long seconds = LenientJson.MAPPER.valueToTree(expiresIn).asLong(0);
    return seconds <= 0
        ? DEFAULT_LIFETIME.toSeconds()
        : Math.min(seconds, MAX_LIFETIME.toSeconds());
  }
}
