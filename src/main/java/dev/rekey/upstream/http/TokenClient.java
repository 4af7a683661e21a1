package dev.rekey.upstream.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
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
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** Spring Security's OAuth2 client for one upstream, with the {@code client_credentials} grant. */
final class TokenClient {

  private static final int MAX_RESPONSE_BYTES = 64 * 1024;

  /** Used if the response has no {@code expires_in}, which Keycard's may omit. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

  private static final TypeReference<Map<String, Object>> PARAMETERS = new TypeReference<>() {};
  private static final String INVALID = "invalid_token_response";
  private static final Pattern ERROR_CODE = Pattern.compile("[a-z][a-z_]{0,39}");

  private TokenClient() {}

  /** The token of a login; fetches none yet. */
  static CachedToken token(Login login, HttpLimits limits, MeterRegistry meters) {
    ClientRegistration registration = login.registration();
    return new CachedToken(
        counted(client(login, limits), registration.getRegistrationId(), meters), registration);
  }

  private static OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client(
      Login login, HttpLimits limits) {
    var client = new WebClientReactiveClientCredentialsTokenResponseClient();
    client.setWebClient(webClient(limits));
    // Read as bytes, because Spring's JSON decoder logs what it decodes at DEBUG.
    client.setBodyExtractor(
        (response, context) ->
            BodyExtractors.toMono(byte[].class).extract(response, context).map(TokenClient::token));
    if (login.parameters() != null) {
      client.addParametersConverter(login.parameters());
    }
    return request ->
        client
            .getTokenResponse(request)
            .timeout(limits.tokenTimeout())
            .onErrorMap(
                error -> !(error instanceof OAuth2AuthorizationException), _ -> failure(INVALID))
            .contextWrite(OutgoingHttp::dropLateErrors)
            .blockOptional()
            .orElseThrow(() -> failure(INVALID));
  }

  private static WebClient webClient(HttpLimits limits) {
    return WebClient.builder()
        .clientConnector(
            new ReactorClientHttpConnector(OutgoingHttp.unpooled(limits.connectTimeout())))
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
        .map(body -> errorCode(body, status))
        .onErrorReturn(status)
        .defaultIfEmpty(status)
        .flatMap(code -> Mono.error(failure(code)));
  }

  /** The body's error code; {@code other} if it is malformed, because the code is logged. */
  private static String errorCode(byte[] body, String other) {
    try {
      String code = LenientJson.MAPPER.readTree(body).path("error").asString("");
      return ERROR_CODE.matcher(code).matches() ? code : other;
    } catch (JacksonException _) {
      return other;
    }
  }

  private static OAuth2AuthorizationException failure(String code) {
    return new OAuth2AuthorizationException(new OAuth2Error(code));
  }

  private static OAuth2AccessTokenResponse token(byte[] body) {
    var parameters = new HashMap<>(LenientJson.MAPPER.readValue(body, PARAMETERS));
    parameters.putIfAbsent(OAuth2ParameterNames.EXPIRES_IN, DEFAULT_LIFETIME.toSeconds());
    return new DefaultMapOAuth2AccessTokenResponseConverter().convert(parameters);
  }

  private static OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> counted(
      OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> client,
      String upstream,
      MeterRegistry meters) {
    Counter successes = fetches(upstream, "success", meters);
    Counter failures = fetches(upstream, "failure", meters);
    return request -> {
      Counter outcome = failures;
      try {
        OAuth2AccessTokenResponse response = client.getTokenResponse(request);
        var type = response.getAccessToken().getTokenType();
        outcome = OAuth2AccessToken.TokenType.BEARER.equals(type) ? successes : failures;
        return response;
      } finally {
        outcome.increment();
      }
    };
  }

  private static Counter fetches(String upstream, String outcome, MeterRegistry meters) {
    return Counter.builder("rekey.upstream.token.fetches")
        .description("Calls to a token endpoint; success: it returned a usable token")
        .tag("upstream", upstream)
        .tag("outcome", outcome)
        .register(meters);
  }
}
