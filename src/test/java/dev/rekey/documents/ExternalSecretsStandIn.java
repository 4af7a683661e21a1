package dev.rekey.documents;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A namespace with External Secrets Operator 2.9, as far as its Webhook generators matter: when it
 * refreshes, which Secrets it reads, what it does with a 404, and what it writes.
 */
final class ExternalSecretsStandIn {

  private static final String READABLE = "external-secrets.io/type";

  private final GoTemplate templates;
  private final Map<String, JsonNode> generators = new HashMap<>();
  private final Map<String, JsonNode> externalSecrets = new HashMap<>();
  private final Map<String, KubernetesSecret> secrets = new HashMap<>();
  private final Map<String, Refreshed> refreshed = new HashMap<>();
  private Duration now = Duration.ofDays(1);

  ExternalSecretsStandIn(GoTemplate templates) {
    this.templates = templates;
  }

  /** The result of a reconciliation, as the reason and the message of the condition show it. */
  record Condition(String reason, String message) {}

  /**
   * The status after a refresh that worked.
   *
   * @param written the Secret that it wrote; null if it wrote none
   */
  private record Refreshed(Duration at, JsonNode spec, @Nullable KubernetesSecret written) {}

  /** Applies manifests of Webhook generators and ExternalSecrets. */
  void apply(String manifests) {
    for (Object manifest : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(manifests)) {
      JsonNode object = JsonMapper.shared().valueToTree(manifest);
      String name = object.at("/metadata/name").asString("");
      switch (object.path("kind").asString("")) {
        case "Webhook" -> generators.put(name, object.path("spec"));
        case "ExternalSecret" -> externalSecrets.put(name, object.path("spec"));
        default -> throw new IllegalArgumentException("not known: " + object.path("kind"));
      }
    }
  }

  void write(String name, KubernetesSecret secret) {
    secrets.put(name, secret);
  }

  void delete(String name) {
    secrets.remove(name);
  }

  @Nullable KubernetesSecret secret(String name) {
    return secrets.get(name);
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  /** Forgets the status of the last refresh, as if it could not be stored. */
  void loseStatus(String externalSecret) {
    refreshed.remove(externalSecret);
  }

  /** Reconciles an ExternalSecret once. */
  Condition reconcile(String name) {
    JsonNode spec = Objects.requireNonNull(externalSecrets.get(name), name);
    String target = spec.at("/target/name").asString(name);
    if (!isDue(spec, refreshed.get(name), secrets.get(target))) {
      return new Condition("Skipped", "");
    }
    String generator = spec.at("/dataFrom/0/sourceRef/generatorRef/name").asString("");
    boolean deletes = spec.at("/target/deletionPolicy").asString("Retain").equals("Delete");
    return switch (generate(Objects.requireNonNull(generators.get(generator), generator))) {
      case Generated.Values(var values) -> {
        secrets.put(target, written(spec, secrets.get(target), values));
        refreshed.put(name, new Refreshed(now, spec, secrets.get(target)));
        yield new Condition("SecretSynced", "");
      }
      case Generated.Gone _ when deletes -> {
        secrets.remove(target);
        refreshed.put(name, new Refreshed(now, spec, null));
        yield new Condition("SecretDeleted", "");
      }
      case Generated.Gone _ -> new Condition("SecretSyncedError", "Secret does not exist");
      case Generated.Failed(String error) -> new Condition("SecretSyncedError", error);
    };
  }

  private boolean isDue(
      JsonNode spec, @Nullable Refreshed last, @Nullable KubernetesSecret secret) {
    boolean owns = !spec.at("/target/creationPolicy").asString("Owner").equals("Orphan");
    if (last == null || !last.spec().equals(spec)) {
      return true;
    }
    Duration interval =
        Duration.parse("PT" + spec.path("refreshInterval").asString("1h").toUpperCase(Locale.ROOT));
    return last.at().plus(interval).compareTo(now) < 0 || (owns && secret != last.written());
  }

  private Generated generate(JsonNode generator) {
    var readable = new LinkedHashMap<String, Map<String, String>>();
    for (JsonNode reference : generator.path("secrets")) {
      KubernetesSecret secret = secrets.get(reference.at("/secretRef/name").asString(""));
      if (secret == null) {
        return new Generated.Failed("failed to get clustersecretstore webhook secret");
      }
      if (!"webhook".equals(secret.labels().get(READABLE))) {
        return new Generated.Failed("secret does not contain needed label");
      }
      readable.put(reference.path("name").asString(""), secret.data());
    }
    return new WebhookGenerator(generator, templates).generate(readable);
  }

  private static KubernetesSecret written(
      JsonNode spec, @Nullable KubernetesSecret old, Map<String, String> values) {
    var labels = new HashMap<String, String>(old == null ? Map.of() : old.labels());
    for (var label : spec.at("/target/template/metadata/labels").properties()) {
      labels.put(label.getKey(), label.getValue().asString());
    }
    return new KubernetesSecret(labels, values);
  }
}
