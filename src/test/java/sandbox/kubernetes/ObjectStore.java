package sandbox.kubernetes;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects with the members that the server owns: uid, resourceVersion, generation. Counts the
 * rollouts of workloads.
 */
@Component
final class ObjectStore {
  private final Map<ObjectKey, ObjectNode> objects = new LinkedHashMap<>();
  private final Map<ObjectKey, Integer> rollouts = new LinkedHashMap<>();
  private long version = 1_000;

  ObjectStore() {
    reset();
  }

  synchronized void reset() {
    objects.clear();
    rollouts.clear();
    Seed.objects().forEach((key, object) -> create(key, object, false));
  }

  synchronized Map<ObjectKey, ObjectNode> all() {
    var copies = new LinkedHashMap<ObjectKey, ObjectNode>();
    objects.forEach((key, object) -> copies.put(key, object.deepCopy()));
    return copies;
  }

  synchronized Optional<ObjectNode> find(ObjectKey key) {
    return Optional.ofNullable(objects.get(key)).map(ObjectNode::deepCopy);
  }

  synchronized boolean delete(ObjectKey key) {
    rollouts.remove(key);
    return objects.remove(key) != null;
  }

  /** How often the pods of each workload were replaced. */
  synchronized Map<ObjectKey, Integer> rollouts() {
    return new LinkedHashMap<>(rollouts);
  }

  /** Throws a refusal if there is one of this name. */
  synchronized ObjectNode create(ObjectKey key, ObjectNode object, boolean dryRun) {
    if (objects.containsKey(key)) {
      throw Failures.alreadyExists(key);
    }
    ObjectNode created = object.deepCopy();
    ObjectNode metadata = created.withObject("metadata");
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    if (key.type().isWorkload()) {
      metadata.put("generation", 1);
    }
    if (!dryRun) {
      store(key, created);
      if (key.type().isWorkload()) {
        rollouts.put(key, 0);
      }
    }
    return created.deepCopy();
  }

  /**
   * Replaces an object in one step. A change of nothing stores nothing.
   *
   * @param change returns the new object, or throws a refusal
   */
  synchronized ObjectNode update(ObjectKey key, UnaryOperator<ObjectNode> change, boolean dryRun) {
    ObjectNode current = objects.get(key);
    if (current == null) {
      throw Failures.notFound(key);
    }
    ObjectNode next = change.apply(current.deepCopy());
    keepServersMembers(key, current, next);
    if (next.equals(current)) {
      return next;
    }
    if (key.type().isWorkload() && !next.path("spec").equals(current.path("spec"))) {
      next.withObject("metadata")
          .put("generation", current.at("/metadata/generation").asLong() + 1);
    }
    if (!dryRun) {
      store(key, next);
      if (!next.at("/spec/template").equals(current.at("/spec/template"))) {
        rollouts.merge(key, 1, Integer::sum);
      }
    }
    return next.deepCopy();
  }

  private static void keepServersMembers(ObjectKey key, ObjectNode current, ObjectNode next) {
    ObjectNode metadata = next.withObject("metadata");
    for (String name : List.of("uid", "creationTimestamp", "generation", "resourceVersion")) {
      if (current.path("metadata").has(name)) {
        metadata.set(name, current.path("metadata").get(name));
      } else {
        metadata.remove(name);
      }
    }
    if (key.type().isWorkload()) {
      next.remove("status");
    }
  }

  private void store(ObjectKey key, ObjectNode object) {
    version++;
    object.withObject("metadata").put("resourceVersion", Long.toString(version));
    objects.put(key, object);
  }
}
