package dev.rekey.upstream.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.endpoint.DefaultMapOAuth2AccessTokenResponseConverter;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;

/**
 * Spring Security's OAuth2 client, set up for one upstream: {@code client_credentials}, with
 * time-outs of its own (it ignores the application's) and no redirects.
 */
final class TokenClient {

  /** For token answers that do not say how long; Keycard's {@code expires_in} is optional. */
  private static final Duration LIFETIME_WHEN_UNSTATED = Duration.ofMinutes(5);

  private static final Duration REFRESH_BEFORE_EXPIRY = Duration.ofSeconds(30);

  private static final Pattern ERROR = Pattern.compile("[a-z][a-z_]{0,39}");

  private TokenClient() {}

  /** The token of one login, which it does not have yet. */
  static CachedToken token(Login login, HttpLimits limits, MeterRegistry meters) {
    ClientRegistration registration = login.registration();
    var client = new RestClientClientCredentialsTokenResponseClient();
    client.setRestClient(restClient(limits));
    if (login.parameters() != null) {
      client.addParametersConverter(login.parameters());
    }
    var provider = new ClientCredentialsOAuth2AuthorizedClientProvider();
    provider.setAccessTokenResponseClient(
        counted(client, registration.getRegistrationId(), meters));
    provider.setClockSkew(REFRESH_BEFORE_EXPIRY);
    var registrations = new InMemoryClientRegistrationRepository(registration);
    var clients = new InMemoryOAuth2AuthorizedClientService(registrations);
    var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, clients);
    manager.setAuthorizedClientProvider(provider);
    return new CachedToken(manager, clients, registration.getRegistrationId());
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
        .description("Calls to a token endpoint; success: a token came that can be used")
        .tag("upstream", upstream)
        .tag("outcome", outcome)
        .register(meters);
  }

  private static RestClient restClient(HttpLimits limits) {
    var http =
        HttpClient.newBuilder()
            .connectTimeout(limits.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    var requests = new JdkClientHttpRequestFactory(http);
    requests.setReadTimeout(limits.tokenTimeout());
    var answers = new OAuth2AccessTokenResponseHttpMessageConverter();
    answers.setAccessTokenResponseConverter(TokenClient::withLifetime);
    return RestClient.builder()
        .requestFactory(requests)
        .requestInterceptor(
            (request, body, execution) -> new SizeLimitedResponse(execution.execute(request, body)))
        .configureMessageConverters(
            converters ->
                converters
                    .disableDefaults()
                    .addCustomConverter(new FormHttpMessageConverter())
                    .addCustomConverter(answers))
        .defaultStatusHandler(HttpStatusCode::isError, (_, answer) -> refuse(answer))
        .build();
  }

  // Spring looks for the error in a 400 only, and RFC 6749 (5.2) has 401 for invalid_client.
  private static void refuse(ClientHttpResponse answer) throws IOException {
    int status = answer.getStatusCode().value();
    throw new OAuth2AuthorizationException(new OAuth2Error(error(answer, "status " + status)));
  }

  /** What is logged, so nothing that does not look like an error's name. */
  private static String error(ClientHttpResponse answer, String other) throws IOException {
    try {
      String error = LenientJson.MAPPER.readTree(answer.getBody()).path("error").asString("");
      return ERROR.matcher(error).matches() ? error : other;
    } catch (JacksonException _) {
      return other;
    }
  }

  private static OAuth2AccessTokenResponse withLifetime(Map<String, Object> answer) {
    var parameters = new HashMap<>(answer);
    parameters.putIfAbsent(OAuth2ParameterNames.EXPIRES_IN, LIFETIME_WHEN_UNSTATED.toSeconds());
    return new DefaultMapOAuth2AccessTokenResponseConverter().convert(parameters);
  }
}
