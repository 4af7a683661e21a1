package dev.rekey.access;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/**
 * Fetches the keys that verify callers' tokens. Callers queue for a fetch. If the issuer does not
 * respond, they fail together instead of waiting one after the other.
 */
@Configuration(proxyBeanMethods = false)
class IssuerKeys {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long NEVER = Long.MIN_VALUE;

  @Bean
  JwkSetUriJwtDecoderBuilderCustomizer timeoutAndSharedFailure() {
    var requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(TIMEOUT);
    requests.setReadTimeout(TIMEOUT);
    var http = new RestTemplate(requests);
    http.getInterceptors().add(sharedFailure());
    return builder -> builder.restOperations(http);
  }

  /** Fails the calls that queued behind a failed fetch. */
  private static ClientHttpRequestInterceptor sharedFailure() {
    var failedAt = new AtomicLong(NEVER);
    return (request, body, execution) -> {
      long failed = failedAt.get();
      if (failed != NEVER && System.nanoTime() - failed < TIMEOUT.toNanos()) {
        throw new IOException("the issuer of access tokens did not respond");
      }
      try {
        return execution.execute(request, body);
      } catch (IOException e) {
        failedAt.set(System.nanoTime());
        throw e;
      }
    };
  }
}
