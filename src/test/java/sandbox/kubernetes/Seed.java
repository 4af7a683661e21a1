package sandbox.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sandbox.wire.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects at the start: workloads in two namespaces, each with a Secret that it reads. The
 * rules allow Rekey to change them.
 */
final class Seed {
  private static final String SUBJECT = "rekey.dev/subject";
  private static final String PLACEHOLDER = "to-be-delivered";

  static final List<Rule> RULES =
      List.of(
          new Rule(
              "identity",
              "",
              "secrets",
              List.of("okta-connector", "slack-connector"),
              List.of("get", "patch")),
          new Rule(
              "identity",
              "apps",
              "deployments",
              List.of("okta-connector", "slack-connector"),
              List.of("get", "patch")),
          new Rule("identity", "", "events", List.of(), List.of("create")),
          new Rule("payments", "", "secrets", List.of("checkout-keycard"), List.of("get", "patch")),
          new Rule(
              "payments", "apps", "statefulsets", List.of("checkout"), List.of("get", "patch")),
          new Rule("payments", "", "events", List.of(), List.of("create")));

  private Seed() {}

  static Map<ObjectKey, ObjectNode> objects() {
    var objects = new LinkedHashMap<ObjectKey, ObjectNode>();
    secret(
        objects,
        new ObjectKey(ResourceType.SECRETS, "identity", "okta-connector"),
        "apps/crm/connectors/okta",
        Map.of(
            "BATON_DOMAIN", "acme.okta.example",
            "BATON_CLIENT_ID", PLACEHOLDER,
            "BATON_CLIENT_SECRET", PLACEHOLDER));
    workload(objects, new ObjectKey(ResourceType.DEPLOYMENTS, "identity", "okta-connector"));
    secret(
        objects,
        new ObjectKey(ResourceType.SECRETS, "identity", "slack-connector"),
        "apps/crm/connectors/slack",
        Map.of("BATON_CLIENT_ID", PLACEHOLDER, "BATON_CLIENT_SECRET", PLACEHOLDER));
    workload(objects, new ObjectKey(ResourceType.DEPLOYMENTS, "identity", "slack-connector"));
    secret(
        objects,
        new ObjectKey(ResourceType.SECRETS, "payments", "checkout-keycard"),
        "organizations/acme/service-accounts/checkout",
        Map.of("CLIENT_ID", PLACEHOLDER, "CLIENT_SECRET", PLACEHOLDER));
    workload(objects, new ObjectKey(ResourceType.STATEFULSETS, "payments", "checkout"));
    return objects;
  }

  private static void secret(
      Map<ObjectKey, ObjectNode> objects, ObjectKey key, String subject, Map<String, String> data) {
    ObjectNode secret = object(key);
    secret.withObject("metadata").putObject("annotations").put(SUBJECT, subject);
    secret.put("type", "Opaque");
    ObjectNode encoded = secret.putObject("data");
    data.forEach((name, value) -> encoded.put(name, Base64Text.encode(value)));
    objects.put(key, secret);
  }

  private static void workload(Map<ObjectKey, ObjectNode> objects, ObjectKey key) {
    ObjectNode workload = object(key);
    ObjectNode spec = workload.putObject("spec").put("replicas", 1);
    spec.putObject("selector").putObject("matchLabels").put("app", key.name());
    ObjectNode template = spec.putObject("template");
    template.putObject("metadata").putObject("labels").put("app", key.name());
    template
        .putObject("spec")
        .putArray("containers")
        .addObject()
        .put("name", "main")
        .put("image", "registry.example/" + key.name() + ":1");
    objects.put(key, workload);
  }

  private static ObjectNode object(ObjectKey key) {
    ObjectNode object =
        Json.object().put("apiVersion", key.type().apiVersion()).put("kind", key.type().kind());
    object.putObject("metadata").put("name", key.name()).put("namespace", key.namespace());
    return object;
  }
}
