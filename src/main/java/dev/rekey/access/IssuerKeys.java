package dev.rekey.access;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/**
 * How the keys are fetched by which callers' tokens are checked. Callers queue for them one behind
 * the other; an issuer that does not answer must not keep each of them waiting in turn.
 */
@Configuration(proxyBeanMethods = false)
class IssuerKeys {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Bean
  JwkSetUriJwtDecoderBuilderCustomizer patience() {
    var requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(PATIENCE);
    requests.setReadTimeout(PATIENCE);
    var http = new RestTemplate(requests);
    http.getInterceptors().add(new SharedFailure());
    return builder -> builder.restOperations(http);
  }

  /** Lets those who queued behind a fetch that failed fail with it. */
  private static final class SharedFailure implements ClientHttpRequestInterceptor {

    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong failedAt = new AtomicLong(NEVER);

    @Override
    public ClientHttpResponse intercept(
        HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
      long failed = failedAt.get();
      if (failed != NEVER && System.nanoTime() - failed < PATIENCE.toNanos()) {
        throw new IOException("the issuer of access tokens did not answer just now");
      }
      try {
        return execution.execute(request, body);
      } catch (IOException e) {
        failedAt.set(System.nanoTime());
        throw e;
      }
    }
  }
}
