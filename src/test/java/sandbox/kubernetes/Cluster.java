package sandbox.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects of the cluster, for the control routes. The values of Secrets are decoded. */
@Component
public final class Cluster {
  private final ObjectStore objects;
  private final Access access;
  private final ClusterFaults faults;
  private final Requests requests;

  Cluster(ObjectStore objects, Access access, ClusterFaults faults, Requests requests) {
    this.objects = objects;
    this.access = access;
    this.faults = faults;
    this.requests = requests;
  }

  /** How often the pods of a workload were replaced. */
  public record Rollouts(String resource, String namespace, String name, int rollouts) {}

  /** Restores the seeds and rules, and clears faults and records. */
  public void reset() {
    faults.clear();
    faults.setDown(false);
    access.reset();
    objects.reset();
    requests.clear();
  }

  public List<ObjectNode> all() {
    return objects.all().values().stream().map(Cluster::decoded).toList();
  }

  public Optional<ObjectNode> find(String resource, String namespace, String name) {
    return ResourceType.ofResource(resource)
        .flatMap(type -> objects.find(new ObjectKey(type, namespace, name)))
        .map(Cluster::decoded);
  }

  /** Returns false if there was none. */
  public boolean delete(String resource, String namespace, String name) {
    return ResourceType.ofResource(resource)
        .filter(type -> objects.delete(new ObjectKey(type, namespace, name)))
        .isPresent();
  }

  public List<Rollouts> rollouts() {
    return objects.rollouts().entrySet().stream()
        .map(
            entry ->
                new Rollouts(
                    entry.getKey().type().resource(),
                    entry.getKey().namespace(),
                    entry.getKey().name(),
                    entry.getValue()))
        .toList();
  }

  /**
   * Creates an object, or replaces the whole one of that name, as its owner could.
   *
   * @throws IllegalArgumentException if the manifest is not a valid Secret or workload
   */
  public ObjectNode put(ObjectNode manifest) {
    ResourceType type =
        ResourceType.ofKind(manifest.path("kind").asString(""))
            .filter(kind -> kind != ResourceType.EVENTS)
            .orElseThrow(() -> new IllegalArgumentException("kind is missing or unknown"));
    ObjectNode object = manifest.deepCopy().put("apiVersion", type.apiVersion());
    var key =
        new ObjectKey(
            type,
            object.at("/metadata/namespace").asString(""),
            object.at("/metadata/name").asString(""));
    requireValid(key, object);
    return decoded(
        objects.find(key).isPresent()
            ? objects.update(key, _ -> object, false)
            : objects.create(key, object, false));
  }

  private static void requireValid(ObjectKey key, ObjectNode object) {
    if (key.namespace().isEmpty() || key.name().isEmpty()) {
      throw new IllegalArgumentException("metadata.namespace and metadata.name are required");
    }
    Decoding.problem(key.type(), object)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    if (key.type() == ResourceType.SECRETS && !object.has("type")) {
      object.put("type", "Opaque");
    }
  }

  private static ObjectNode decoded(ObjectNode object) {
    if (object.path("kind").asString("").equals(ResourceType.SECRETS.kind())
        && object.path("data") instanceof ObjectNode data) {
      for (Map.Entry<String, JsonNode> member : List.copyOf(data.properties())) {
        data.put(member.getKey(), Base64Text.decode(member.getValue().asString()));
      }
    }
    return object;
  }
}
