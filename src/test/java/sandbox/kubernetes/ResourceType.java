package sandbox.kubernetes;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The resources that the double serves. */
enum ResourceType {
  SECRETS("", "secrets", "Secret"),
  EVENTS("", "events", "Event"),
  DEPLOYMENTS("apps", "deployments", "Deployment"),
  STATEFULSETS("apps", "statefulsets", "StatefulSet"),
  DAEMONSETS("apps", "daemonsets", "DaemonSet");

  private final String group;
  private final String resource;
  private final String kind;

  ResourceType(String group, String resource, String kind) {
    this.group = group;
    this.resource = resource;
    this.kind = kind;
  }

  /** Empty for a subresource, an unknown resource and an unknown version. */
  static Optional<ResourceType> of(Attributes wanted) {
    return find(
        type ->
            type.group.equals(wanted.apiGroup())
                && type.resource.equals(wanted.resource())
                && wanted.version().equals("v1"));
  }

  static Optional<ResourceType> ofResource(String resource) {
    return find(type -> type.resource.equals(resource));
  }

  static Optional<ResourceType> ofKind(String kind) {
    return find(type -> type.kind.equals(kind));
  }

  private static Optional<ResourceType> find(Predicate<ResourceType> wanted) {
    return Stream.of(values()).filter(wanted).findFirst();
  }

  String group() {
    return group;
  }

  String resource() {
    return resource;
  }

  String kind() {
    return kind;
  }

  String apiVersion() {
    return group.isEmpty() ? "v1" : group + "/v1";
  }

  boolean isWorkload() {
    return group.equals("apps");
  }
}
