package dev.rekey.upstream.http;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.security.oauth2.client.endpoint.AbstractOAuth2AuthorizationGrantRequest;
import org.springframework.security.oauth2.client.endpoint.AbstractWebClientReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
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
 * Requests tokens from the token endpoint of another system. Exceptions and log lines quote only a
 * well-formed error code of a response.
 */
public final class TokenEndpoint {

  private static final int MAX_RESPONSE_BYTES = 64 * 1024;

  /** Used if the response has no usable {@code expires_in}, which Keycard's may omit. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

  private static final Duration MAX_LIFETIME = Duration.ofDays(1);

  private static final TypeReference<Map<String, Object>> PARAMETERS = new TypeReference<>() {};
  private static final String INVALID = "invalid_token_response";
  private static final Pattern ERROR_CODE = Pattern.compile("[a-z][a-z_]{0,39}");

  private TokenEndpoint() {}

  /** Prepares Spring Security's client of one grant for the endpoint of a registration. */
  public static <T extends AbstractOAuth2AuthorizationGrantRequest> void prepare(
      AbstractWebClientReactiveOAuth2AccessTokenResponseClient<T> client,
      ClientRegistration registration,
      Duration connectTimeout,
      OutgoingHttp http) {
    URI url = URI.create(registration.getProviderDetails().getTokenUri());
    client.setWebClient(
        WebClient.builder()
            .clientConnector(new ReactorClientHttpConnector(http.unpooled(url, connectTimeout)))
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_RESPONSE_BYTES))
            .filter(ExchangeFilterFunction.ofResponseProcessor(TokenEndpoint::failOnError))
            .build());
    // Read as bytes, because Spring's JSON decoder logs what it decodes at DEBUG.
    client.setBodyExtractor(
        (response, context) ->
            BodyExtractors.toMono(byte[].class)
                .extract(response, context)
                .map(TokenEndpoint::tokens));
  }

  /**
   * Sends a request.
   *
   * @throws OAuth2AuthorizationException without a cause, if there is no token; its error code is
   *     the endpoint's, or the kind of the failure
   */
  public static <T extends AbstractOAuth2AuthorizationGrantRequest> OAuth2AccessTokenResponse call(
      AbstractWebClientReactiveOAuth2AccessTokenResponseClient<T> client,
      T request,
      Duration timeout) {
    try {
      return client
          .getTokenResponse(request)
          .timeout(timeout)
          .onErrorMap(
              error -> !(error instanceof OAuth2AuthorizationException), TokenEndpoint::failure)
          .contextWrite(OutgoingHttp::dropLateErrors)
          .blockOptional()
          .orElseThrow(() -> failure(INVALID));
    } catch (OAuth2AuthorizationException e) {
      throw failure(e.getError().getErrorCode());
    } catch (RuntimeException e) {
      throw failure(TokenFailures.kindOf(e));
    }
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

  /** An unreadable response, or the kind of the failure that prevented one. */
  private static OAuth2AuthorizationException failure(Throwable cause) {
    return failure(TokenFailures.isUnreadable(cause) ? INVALID : TokenFailures.kindOf(cause));
  }

  private static OAuth2AuthorizationException failure(String code) {
    return new OAuth2AuthorizationException(new OAuth2Error(code));
  }

  private static OAuth2AccessTokenResponse tokens(byte[] body) {
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
