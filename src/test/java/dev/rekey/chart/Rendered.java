package dev.rekey.chart;

import dev.rekey.chart.CustomObject.ExternalSecret;
import dev.rekey.chart.CustomObject.HttpRoute;
import dev.rekey.chart.CustomObject.PrometheusRule;
import dev.rekey.chart.CustomObject.ServiceMonitor;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** The rendered chart as Kubernetes' types. Unknown fields and values of wrong types are errors. */
record Rendered(List<HasMetadata> objects) {

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Pod", Pod.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("networking.k8s.io/v1/Ingress", Ingress.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("rbac.authorization.k8s.io/v1/Role", Rbac.Role.class),
          Map.entry("rbac.authorization.k8s.io/v1/RoleBinding", Rbac.RoleBinding.class),
          Map.entry("external-secrets.io/v1/ExternalSecret", ExternalSecret.class),
          Map.entry("gateway.networking.k8s.io/v1/HTTPRoute", HttpRoute.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
          Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class));

  private static final JsonMapper STRICT =
      JsonMapper.builderWithJackson2Defaults()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(new NoAnySetters())
          .build();

  static Rendered of(String yaml) {
    return new Rendered(
        StreamSupport.stream(Chart.parser().loadAll(yaml).spliterator(), false)
            .filter(Map.class::isInstance)
            .map(Map.class::cast)
            .map(Rendered::typed)
            .toList());
  }

  private static HasMetadata typed(Map<?, ?> document) {
    String kind = document.get("apiVersion") + "/" + document.get("kind");
    return strictly(
        document,
        Optional.ofNullable(KINDS.get(kind))
            .orElseThrow(() -> new AssertionError("unknown kind " + kind)));
  }

  static <T> T strictly(Object yaml, Class<T> type) {
    return STRICT.convertValue(yaml, type);
  }

  /** The names of the fields that an object of Kubernetes sets. */
  static Set<String> fields(Object object) {
    return STRICT
        .<JsonNode>valueToTree(object)
        .propertyStream()
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  <T extends HasMetadata> List<T> all(Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Fails unless there is exactly one. */
  <T extends HasMetadata> T one(Class<T> kind) {
    List<T> all = all(kind);
    if (all.size() != 1) {
      throw new AssertionError("expected one " + kind + ", found " + all.size());
    }
    return all.getFirst();
  }

  Deployment deployment() {
    return one(Deployment.class);
  }

  PodSpec pod() {
    return deployment().getSpec().getTemplate().getSpec();
  }

  /** Rekey's container, without sidecars. */
  Container service() {
    return named("rekey", pod().getContainers());
  }

  /** Rekey's containers: the migration, if there is one, and the service. */
  List<Container> javaContainers() {
    return Stream.concat(pod().getInitContainers().stream(), pod().getContainers().stream())
        .filter(container -> List.of("migrate", "rekey").contains(container.getName()))
        .toList();
  }

  static Container named(String name, List<Container> containers) {
    return containers.stream()
        .filter(container -> container.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no container " + name));
  }

  /** Those of the deployment and of helm test. */
  List<PodSpec> pods() {
    return Stream.concat(Stream.of(pod()), Stream.of(one(Pod.class).getSpec())).toList();
  }

  Service service(String name) {
    return all(Service.class).stream()
        .filter(service -> service.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no service " + name));
  }

  /** The rendered application.yaml. */
  String configuration() {
    return all(ConfigMap.class).stream()
        .flatMap(map -> Stream.ofNullable(map.getData().get("application.yaml")))
        .findFirst()
        .orElseThrow();
  }

  /** Disables the models' any-setters, so that unknown fields fail. */
  private static final class NoAnySetters extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return Boolean.FALSE;
    }
  }
}
