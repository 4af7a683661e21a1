package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.DeliveryProperties;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the client of the API server. */
final class ApiClients {

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);
  private static final Duration RESPOND_WITHIN = Duration.ofSeconds(5);

  private ApiClients() {}

  /**
   * A client that calls the configured server, or that of the pod's cluster. Connects to nothing
   * yet. It repeats no request by itself.
   */
  static KubernetesClient create(KubernetesProperties properties, Map<String, String> environment) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url(properties, environment))
            .withCaCertFile(existing(properties.caFile()))
            .withOauthTokenProvider(token(properties))
            .withUserAgent("rekey")
            .withConnectionTimeout((int) CONNECT_WITHIN.toMillis())
            .withRequestTimeout((int) RESPOND_WITHIN.toMillis())
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }

  // Kubernetes gives every pod these two variables.
  private static String url(KubernetesProperties properties, Map<String, String> environment) {
    if (properties.apiServer() != null) {
      return properties.apiServer().toString();
    }
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.get("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null) {
      throw DeliveryProperties.invalid(
          "rekey.delivery.kubernetes.api-server",
          "is required outside of a pod: the URL of the API server");
    }
    return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static @Nullable String existing(Path file) {
    return Files.exists(file) ? file.toString() : null;
  }

  // Kubernetes replaces the file long before its token expires.
  private static OAuthTokenProvider token(KubernetesProperties properties) {
    return () -> {
      if (properties.token() != null) {
        return properties.token().reveal();
      }
      try {
        return Files.readString(properties.tokenFile()).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("the token of the service account cannot be read", e);
      }
    };
  }
}
