package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rekey.chart.CustomObject.ExternalSecret;
import dev.rekey.chart.CustomObject.HttpRoute;
import dev.rekey.chart.CustomObject.PrometheusRule;
import dev.rekey.chart.CustomObject.ServiceMonitor;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values that other charts have under the same names, each with what it renders. Rendering
 * validates strictly, against the types of Kubernetes.
 */
class ConventionsTest {

  private static final Path CONVENTIONS = Path.of("src/test/resources/chart/conventions");

  static Stream<Path> files() {
    return Chart.files(CONVENTIONS).stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void helmLintPasses(Path values, @TempDir Path scratch) {
    var lint = Chart.lint(scratch, Chart.MINIMAL, values);

    assertThat(lint.isFailed()).as(String.join("\n", lint.getMessages())).isFalse();
  }

  @ParameterizedTest
  @MethodSource("files")
  void selectorsStayTheSame(Path values) {
    Rendered rendered = Chart.render(Chart.MINIMAL, values);

    assertThat(rendered.deployment().getSpec().getSelector())
        .isEqualTo(Chart.render(Chart.MINIMAL).deployment().getSpec().getSelector());
    assertThat(rendered.deployment().getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(rendered.deployment().getSpec().getSelector().getMatchLabels());
  }

  @Test
  void extraObjectsAreRenderedWithTheirTemplates() {
    Rendered rendered = rendered("extra-objects");

    assertThat(rendered.one(ExternalSecret.class).getSpec().data().getFirst().remoteRef())
        .isEqualTo(new ExternalSecret.Remote("rekey/keycard", "client-secret"));
    assertThat(rendered.all(NetworkPolicy.class))
        .extracting(ConventionsTest::name)
        .containsExactlyInAnyOrder("blue-rekey", "blue-rekey-more");
    assertThat(rendered.all(ServiceAccount.class))
        .extracting(ConventionsTest::name)
        .containsExactlyInAnyOrder("blue-rekey", "another");
    assertThat(rendered.all(ConfigMap.class))
        .filteredOn(map -> name(map).equals("blue-rekey-more"))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.getData().get("text")).isEqualTo("first\n--- not a separator\n");
              assertThat(map.getMetadata().getLabels()).containsKey("helm.sh/chart");
            });
  }

  @Test
  void sidecarsAndInitContainersHaveTheirPlaceInThePods() {
    PodSpec pod = rendered("extra-containers").pod();

    assertThat(pod.getContainers())
        .extracting(Container::getName)
        .containsExactly("rekey", "envoy");
    assertThat(pod.getInitContainers())
        .extracting(Container::getName)
        .containsExactly("envoy-config", "migrate");
    assertThat(pod.getContainers().getLast().getImage())
        .isEqualTo("registry.example.com/envoy:v1.36.2");
  }

  @Test
  void theTrafficOfASidecarHasAPortAndRules() {
    Rendered rendered = rendered("extra-containers");
    NetworkPolicy policy = rendered.one(NetworkPolicy.class);

    assertThat(rendered.service("blue-rekey").getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getTargetPort)
        .contains(tuple("envoy", new IntOrString("envoy")));
    assertThat(policy.getSpec().getIngress().getLast().getPorts().getFirst().getPort())
        .isEqualTo(new IntOrString(10000));
    assertThat(policy.getSpec().getEgress().getLast().getPorts().getFirst().getPort())
        .isEqualTo(new IntOrString(9000));
  }

  @Test
  void anInitContainerRunsWithoutTheMigrationToo(@TempDir Path scratch) {
    Path elsewhere = scratch.resolve("elsewhere.yaml");
    Chart.write(elsewhere, Map.of("migration", Map.of("enabled", false)));

    PodSpec pod =
        Chart.render(Chart.MINIMAL, CONVENTIONS.resolve("extra-containers.yaml"), elsewhere).pod();

    assertThat(pod.getInitContainers())
        .extracting(Container::getName)
        .containsExactly("envoy-config");
  }

  @Test
  void everyObjectAndPodHasTheCommonLabels() {
    Rendered rendered = rendered("common-labels-and-annotations");

    assertThat(rendered.objects())
        .hasSizeGreaterThanOrEqualTo(15)
        .allSatisfy(
            object ->
                assertThat(object.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/part-of", "platform")
                    .containsEntry("cost-centre", "security"));
    assertThat(rendered.deployment().getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/part-of", "platform")
        .containsEntry("cost-centre", "payments");
    assertThat(rendered.service("blue-rekey").getMetadata().getLabels())
        .containsEntry("exposed", "yes");
  }

  @Test
  void everyObjectHasTheCommonAnnotationsAndItsOwnTakePrecedence() {
    Rendered rendered = rendered("common-labels-and-annotations");
    var deployment = rendered.deployment();

    assertThat(rendered.objects())
        .allSatisfy(
            object ->
                assertThat(object.getMetadata().getAnnotations())
                    .containsKeys("example.com/owner", "argocd.argoproj.io/sync-wave"));
    assertThat(deployment.getMetadata().getAnnotations())
        .containsEntry("reloader.stakater.com/auto", "true")
        .containsEntry("argocd.argoproj.io/sync-wave", "6");
    assertThat(deployment.getSpec().getTemplate().getMetadata().getAnnotations())
        .containsOnlyKeys("checksum/config", "kubectl.kubernetes.io/default-container")
        .containsEntry("kubectl.kubernetes.io/default-container", "envoy");
    assertThat(rendered.service("blue-rekey").getMetadata().getAnnotations())
        .containsEntry("example.com/owner", "network");
  }

  @Test
  void securityContextsAreGivenInFull() {
    Rendered rendered = rendered("security-contexts");

    assertThat(rendered.pods())
        .extracting(PodSpec::getSecurityContext)
        .allSatisfy(
            context -> {
              assertThat(context.getRunAsNonRoot()).isTrue();
              assertThat(context.getRunAsUser()).isEqualTo(20001);
              assertThat(context.getFsGroup()).isEqualTo(20001);
              assertThat(context.getFsGroupChangePolicy()).isEqualTo("Always");
              assertThat(context.getSupplementalGroups()).containsExactly(30001L);
              assertThat(context.getSupplementalGroupsPolicy()).isEqualTo("Strict");
              assertThat(context.getAppArmorProfile().getType()).isEqualTo("RuntimeDefault");
              assertThat(context.getSeLinuxOptions().getLevel()).isEqualTo("s0:c26,c15");
              assertThat(context.getSysctls()).hasSize(1);
            });
    assertThat(rendered.pods())
        .flatExtracting(PodSpec::getContainers)
        .extracting(Container::getSecurityContext)
        .allSatisfy(
            context -> {
              assertThat(context.getRunAsUser()).isEqualTo(20002);
              assertThat(context.getCapabilities().getAdd()).containsExactly("NET_BIND_SERVICE");
              assertThat(context.getAllowPrivilegeEscalation()).isFalse();
            });
  }

  @Test
  void aConstraintWithoutSelectorAppliesToTheReplicasOfOneVersion() {
    Rendered rendered = rendered("topology-spread-constraints");
    TopologySpreadConstraint first = rendered.pod().getTopologySpreadConstraints().getFirst();
    TopologySpreadConstraint second = rendered.pod().getTopologySpreadConstraints().getLast();

    assertThat(first.getMaxSkew()).isEqualTo(2);
    assertThat(first.getMinDomains()).isEqualTo(3);
    assertThat(first.getLabelSelector()).isEqualTo(rendered.deployment().getSpec().getSelector());
    assertThat(first.getMatchLabelKeys()).containsExactly("pod-template-hash");
    assertThat(second.getLabelSelector().getMatchLabels())
        .containsOnlyKeys("app.kubernetes.io/part-of");
    assertThat(second.getMatchLabelKeys()).isEmpty();
  }

  @Test
  void withoutConstraintsThePodHasNone(@TempDir Path scratch) {
    Path none = scratch.resolve("none.yaml");
    Chart.write(none, Map.of("topologySpreadConstraints", List.of()));

    assertThat(Chart.render(Chart.MINIMAL, none).pod().getTopologySpreadConstraints()).isEmpty();
  }

  @Test
  void replicasScaleByCpuMemoryAndCustomMetrics() {
    HorizontalPodAutoscalerSpec scaler =
        rendered("autoscaling").one(HorizontalPodAutoscaler.class).getSpec();

    assertThat(scaler.getMetrics())
        .extracting(MetricSpec::getType)
        .containsExactly("ContainerResource", "ContainerResource", "Pods");
    assertThat(scaler.getMetrics().subList(0, 2))
        .extracting(MetricSpec::getContainerResource)
        .extracting(
            metric -> metric.getContainer(),
            metric -> metric.getName(),
            metric -> metric.getTarget().getAverageUtilization())
        .containsExactly(tuple("rekey", "cpu", 65), tuple("rekey", "memory", 130));
    assertThat(scaler.getBehavior().getScaleUp().getPolicies()).hasSize(1);
    assertThat(scaler.getBehavior().getScaleDown().getSelectPolicy()).isEqualTo("Min");
    assertThat(scaler.getBehavior().getScaleDown().getStabilizationWindowSeconds()).isEqualTo(300);
  }

  @Test
  void replicasScaleByCustomMetricsOnly() {
    assertThat(
            rendered("autoscaling-by-custom-metrics-only")
                .one(HorizontalPodAutoscaler.class)
                .getSpec()
                .getMetrics())
        .singleElement()
        .satisfies(metric -> assertThat(metric.getType()).isEqualTo("External"));
  }

  @Test
  void minAvailableReplacesMaxUnavailable() {
    var budget = rendered("minimum-available").one(PodDisruptionBudget.class).getSpec();

    assertThat(budget.getMinAvailable()).isEqualTo(new IntOrString("60%"));
    assertThat(budget.getMaxUnavailable()).isNull();
  }

  @Test
  void theHttpRouteHasGatewaysHostnamesFiltersAndTimeouts() {
    HttpRoute.Spec route = rendered("http-route").one(HttpRoute.class).getSpec();

    assertThat(route.parentRefs())
        .containsExactly(
            new HttpRoute.Parent(null, null, "gateways", "public", "https", null),
            new HttpRoute.Parent(
                "gateway.networking.k8s.io", "Gateway", null, "internal", null, 443));
    assertThat(route.hostnames()).containsExactly("rekey.example.com", "*.rekey.example.com");
    assertThat(route.rules().getFirst().filters())
        .extracting(HttpRoute.Filter::type)
        .containsExactly("ResponseHeaderModifier");
    assertThat(route.rules().getFirst().timeouts())
        .isEqualTo(new HttpRoute.Timeouts("2m", "1m30s"));
    assertThat(route.rules().getFirst().backendRefs())
        .containsExactly(new HttpRoute.Backend("blue-rekey", 80));
  }

  @Test
  void theRegistryOfAParentChartTakesPrecedence() {
    Rendered rendered = rendered("global-registry");

    assertThat(rendered.pods())
        .flatExtracting(PodSpec::getContainers)
        .extracting(Container::getImage)
        .containsOnly(
            "mirror.example.com:5000/platform/rekey@sha256:" + "0123456789abcdef".repeat(4));
    assertThat(rendered.pods())
        .allSatisfy(
            pod ->
                assertThat(pod.getImagePullSecrets())
                    .extracting(LocalObjectReference::getName)
                    .containsExactly("mirror", "another", "registry"));
  }

  @Test
  void theRegistryPrecedesTheRepository() {
    assertThat(rendered("registry").javaContainers())
        .extracting(Container::getImage)
        .containsOnly("registry.example.com/mirror/platform/rekey:0.1.0");
  }

  @Test
  void thePodHasItsOtherUsualFields() {
    Rendered rendered = rendered("pods");
    PodSpec pod = rendered.pod();
    var rolling = rendered.deployment().getSpec().getStrategy().getRollingUpdate();

    assertThat(pod.getHostAliases()).hasSize(1);
    assertThat(pod.getDnsPolicy()).isEqualTo("None");
    assertThat(pod.getDnsConfig().getOptions()).hasSize(1);
    assertThat(pod.getRuntimeClassName()).isEqualTo("gvisor");
    assertThat(rolling.getMaxUnavailable()).isEqualTo(new IntOrString(1));
    assertThat(rolling.getMaxSurge()).isEqualTo(new IntOrString("50%"));
    assertThat(pod.getVolumes()).extracting("name").contains("cluster-token", "labels", "cache");
  }

  @Test
  void theContainerHasItsOtherUsualFields() {
    Rendered rendered = rendered("pods");
    Container service = rendered.service();

    assertThat(rendered.javaContainers())
        .hasSize(2)
        .allSatisfy(container -> assertThat(container.getEnvFrom()).hasSize(2));
    assertThat(service.getLifecycle().getPostStart().getHttpGet().getPort())
        .isEqualTo(new IntOrString("management"));
    assertThat(service.getLifecycle().getPreStop().getSleep().getSeconds()).isEqualTo(10);
    assertThat(service.getStartupProbe().getFailureThreshold()).isEqualTo(120);
    assertThat(service.getStartupProbe().getPeriodSeconds()).isEqualTo(2);
    assertThat(service.getReadinessProbe().getSuccessThreshold()).isEqualTo(2);
    assertThat(service.getReadinessProbe().getHttpGet().getPath()).endsWith("/readiness");
    assertThat(service.getLivenessProbe().getTerminationGracePeriodSeconds()).isEqualTo(30);
  }

  @Test
  void theServiceHasItsUsualFields() {
    ServiceSpec service = rendered("service").service("blue-rekey").getSpec();

    assertThat(service.getLoadBalancerClass()).isEqualTo("service.k8s.aws/nlb");
    assertThat(service.getLoadBalancerSourceRanges()).containsExactly("10.20.0.0/16");
    assertThat(service.getExternalTrafficPolicy()).isEqualTo("Local");
    assertThat(service.getIpFamilyPolicy()).isEqualTo("PreferDualStack");
    assertThat(service.getIpFamilies()).containsExactly("IPv6", "IPv4");
    assertThat(service.getPorts().getFirst().getNodePort()).isEqualTo(30443);
  }

  @Test
  void monitoringObjectsMayBeInAnotherNamespace() {
    Rendered rendered = rendered("monitoring");
    ServiceMonitor monitor = rendered.one(ServiceMonitor.class);
    ServiceMonitor.Endpoint endpoint = monitor.getSpec().endpoints().getFirst();

    assertThat(
            Stream.concat(
                    Stream.of(monitor, rendered.one(PrometheusRule.class)), ofGrafana(rendered))
                .map(object -> object.getMetadata().getNamespace()))
        .hasSize(5)
        .containsOnly("monitoring");
    assertThat(monitor.getSpec().namespaceSelector().matchNames()).containsExactly(Chart.NAMESPACE);
    assertThat(endpoint.relabelings().getFirst().targetLabel()).isEqualTo("node");
    assertThat(endpoint.metricRelabelings().getFirst().action()).isEqualTo("drop");
  }

  private static Stream<ConfigMap> ofGrafana(Rendered rendered) {
    return rendered.all(ConfigMap.class).stream()
        .filter(map -> name(map).matches(".*-(dashboards?|datasource)"));
  }

  private static Rendered rendered(String convention) {
    return Chart.render(Chart.MINIMAL, CONVENTIONS.resolve(convention + ".yaml"));
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }
}
