package dev.rekey.documents;

import java.util.Map;

/** A Secret in {@link ExternalSecretsStandIn}. Not a record, which would print its data. */
final class KubernetesSecret {

  private final Map<String, String> labels;
  private final Map<String, String> data;

  KubernetesSecret(Map<String, String> labels, Map<String, String> data) {
    this.labels = Map.copyOf(labels);
    this.data = Map.copyOf(data);
  }

  Map<String, String> labels() {
    return labels;
  }

  Map<String, String> data() {
    return data;
  }

  String value(String key) {
    return data.getOrDefault(key, "");
  }
}
