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

/** The Prometheus operator's custom resources, with the fields that the chart uses. */
@Group("monitoring.coreos.com")
@Version("v1")
// By field; the models' own deserializer only knows registered kinds.
@JsonDeserialize(using = ValueDeserializer.None.class)
abstract class PrometheusObject<S> implements HasMetadata {

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

  @Kind("ServiceMonitor")
  static final class ServiceMonitor extends PrometheusObject<ServiceMonitor.Spec> {

    private static final long serialVersionUID = 1L;

    record Spec(Namespaces namespaceSelector, LabelSelector selector, List<Endpoint> endpoints) {}

    record Namespaces(List<String> matchNames) {}

    record Endpoint(String port, String path, String interval, String scrapeTimeout) {}
  }

  @Kind("PrometheusRule")
  static final class PrometheusRule extends PrometheusObject<PrometheusRule.Spec> {

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
}
