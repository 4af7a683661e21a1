package dev.rekey.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.rekey.upstream.http.OutgoingHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/**
 * Fetches the keys that verify callers' tokens: Spring Security does it every five minutes, and for
 * each token with an unknown key. Callers queue for a fetch.
 */
@Configuration(proxyBeanMethods = false)
class IssuerKeys {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

  @Bean
  JwkSetUriJwtDecoderBuilderCustomizer limitedFetches(OutgoingHttp http) {
    var requests = new RestTemplate((url, method) -> request(http, url, method));
    requests.getInterceptors().add(new RecentResponses());
    return builder -> builder.restOperations(requests);
  }

  private static ClientHttpRequest request(OutgoingHttp http, URI url, HttpMethod method)
      throws IOException {
    var factory =
        new ReactorClientHttpRequestFactory(http.unpooled(url, TIMEOUT).followRedirect(true));
    factory.setReadTimeout(TIMEOUT);
    return factory.createRequest(url, method);
  }

  /**
   * Returns a recent response again, so that tokens with unknown keys do not flood the issuer. The
   * callers that queued behind a failed fetch fail with it, instead of waiting one after the other.
   */
  private static final class RecentResponses implements ClientHttpRequestInterceptor {

    private final Cache<URI, Optional<Response>> recent =
        Caffeine.newBuilder()
            .expireAfter(
                Expiry.<URI, Optional<Response>>writing(
                    (_, response) ->
                        response.filter(Response::isSuccess).isPresent() ? MIN_INTERVAL : TIMEOUT))
            .build();

    @Override
    public ClientHttpResponse intercept(
        HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
      return recent
          .get(request.getURI(), _ -> fetch(request, body, execution))
          .orElseThrow(() -> new IOException("the issuer of access tokens did not respond"));
    }

    private static Optional<Response> fetch(
        HttpRequest request, byte[] body, ClientHttpRequestExecution execution) {
      try (ClientHttpResponse response = execution.execute(request, body)) {
        return Optional.of(
            new Response(
                response.getStatusCode(),
                response.getHeaders(),
                new ByteArrayResource(response.getBody().readAllBytes())));
      } catch (IOException e) {
        return Optional.empty();
      }
    }
  }

  private record Response(HttpStatusCode status, HttpHeaders headers, ByteArrayResource body)
      implements ClientHttpResponse {

    boolean isSuccess() {
      return status.is2xxSuccessful();
    }

    @Override
    public HttpStatusCode getStatusCode() {
      return status;
    }

    @Override
    public String getStatusText() {
      return "";
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public InputStream getBody() throws IOException {
      return body.getInputStream();
    }

    @Override
    public void close() {}
  }
}
