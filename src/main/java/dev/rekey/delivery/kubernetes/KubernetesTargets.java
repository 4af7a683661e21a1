package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.DeliveryProperties.Target;
import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.DeliveryTargetFactory;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes targets that are Secrets. They share one client, which exists only if there is one. */
@Component
class KubernetesTargets implements DeliveryTargetFactory {

  static final String KIND = "kubernetes";

  private final KubernetesProperties properties;
  private @Nullable KubernetesClient client;

  KubernetesTargets(KubernetesProperties properties) {
    this.properties = properties;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public DeliveryTarget create(int number, Target settings) {
    var secret = SecretSettings.of(number, settings);
    if (client == null) {
      client = ApiClients.create(properties, System.getenv());
    }
    return new KubernetesTarget(secret, new SecretApi(secret, client));
  }

  @PreDestroy
  void close() {
    if (client != null) {
      client.close();
    }
  }
}
