package dev.rekey.chart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

/** Custom resources of operators, with the fields that the chart and its examples use. */
// By field; the models' own deserializer only knows registered kinds.
@JsonDeserialize(using = ValueDeserializer.None.class)
abstract class CustomObject<S> implements HasMetadata {

  private static final long serialVersionUID = 1L;

  private String apiVersion;
  private String kind;
  private ObjectMeta metadata;
  private transient S spec;

  @Override
  public String getApiVersion() {
    return apiVersion;
  }

  @Override
  public void setApiVersion(String apiVersion) {
    this.apiVersion = apiVersion;
  }

  @Override
  public String getKind() {
    return kind;
  }

  public void setKind(String kind) {
    this.kind = kind;
  }

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    this.metadata = metadata;
  }

  public S getSpec() {
    return spec;
  }

  public void setSpec(S spec) {
    this.spec = spec;
  }

  @Group("monitoring.coreos.com")
  @Version("v1")
  @Kind("ServiceMonitor")
  static final class ServiceMonitor extends CustomObject<ServiceMonitor.Spec> {

    private static final long serialVersionUID = 1L;

    record Spec(Namespaces namespaceSelector, LabelSelector selector, List<Endpoint> endpoints) {}

    record Namespaces(List<String> matchNames) {}

    record Endpoint(
        String port,
        String path,
        String interval,
        String scrapeTimeout,
        List<Relabeling> relabelings,
        List<Relabeling> metricRelabelings) {}

    record Relabeling(
        List<String> sourceLabels,
        String separator,
        String targetLabel,
        String regex,
        Long modulus,
        String replacement,
        String action) {}
  }

  @Group("monitoring.coreos.com")
  @Version("v1")
  @Kind("PrometheusRule")
  static final class PrometheusRule extends CustomObject<PrometheusRule.Spec> {

    private static final long serialVersionUID = 1L;

    record Spec(List<Rules> groups) {}

    record Rules(String name, List<Rule> rules) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rule(
        String record,
        String alert,
        String expr,
        @JsonProperty("for") String lasts,
        Map<String, String> labels,
        Map<String, String> annotations) {}
  }

  @Group("gateway.networking.k8s.io")
  @Version("v1")
  @Kind("HTTPRoute")
  static final class HttpRoute extends CustomObject<HttpRoute.Spec> {

    private static final long serialVersionUID = 1L;

    record Spec(List<Parent> parentRefs, List<String> hostnames, List<RouteRule> rules) {}

    record Parent(
        String group,
        String kind,
        String namespace,
        String name,
        String sectionName,
        Integer port) {}

    record RouteRule(
        List<Match> matches, List<Filter> filters, Timeouts timeouts, List<Backend> backendRefs) {}

    record Match(PathMatch path) {}

    record PathMatch(String type, String value) {}

    record Filter(String type, Headers requestHeaderModifier, Headers responseHeaderModifier) {}

    record Headers(List<Header> set, List<Header> add, List<String> remove) {}

    record Header(String name, String value) {}

    record Timeouts(String request, String backendRequest) {}

    record Backend(String name, Integer port) {}
  }

  @Group("external-secrets.io")
  @Version("v1")
  @Kind("ExternalSecret")
  static final class ExternalSecret extends CustomObject<ExternalSecret.Spec> {

    private static final long serialVersionUID = 1L;

    record Spec(String refreshInterval, Store secretStoreRef, Target target, List<Data> data) {}

    record Store(String kind, String name) {}

    record Target(String name, String creationPolicy) {}

    record Data(String secretKey, Remote remoteRef) {}

    record Remote(String key, String property) {}
  }
}
