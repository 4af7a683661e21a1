package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rekey.chart.CustomObject.ExternalSecret;
import dev.rekey.chart.CustomObject.HttpRoute;
import dev.rekey.chart.CustomObject.ServiceMonitor;
import dev.rekey.chart.Rbac.Role;
import dev.rekey.chart.Rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Properties of the chart in every scenario. */
@ParameterizedClass
@MethodSource("dev.rekey.chart.Scenario#all")
class ChartTest {

  private static final Logger log = LoggerFactory.getLogger(ChartTest.class);
  private static final Pattern FILE_IN_URL =
      Pattern.compile("[?&]ssl(?:rootcert|cert|key)=([^&]+)");

  @Parameter Scenario scenario;

  @Test
  void helmLintPasses(@TempDir Path scratch) {
    var lint = Chart.lint(scratch, scenario.values());

    assertThat(lint.isFailed()).as(String.join("\n", lint.getMessages())).isFalse();
  }

  @Test
  void everyObjectHasTheReleasesNamespaceAndLabelsAndRolesHaveThoseOfTheirTargets() {
    log.info("{}: {}", scenario, objects().stream().map(ChartTest::nameOf).toList());

    assertThat(objects())
        .allSatisfy(
            object -> {
              assertThat(object.getMetadata().getNamespace())
                  .isIn(
                      object instanceof Role || object instanceof RoleBinding
                          ? List.of("identity", "payments")
                          : List.of(Chart.NAMESPACE));
              assertThat(object.getMetadata().getLabels())
                  .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
                  .containsEntry("app.kubernetes.io/managed-by", "Helm")
                  .containsKeys(
                      "app.kubernetes.io/name",
                      "app.kubernetes.io/version",
                      "app.kubernetes.io/component",
                      "helm.sh/chart");
            })
        .extracting(ChartTest::nameOf)
        .doesNotHaveDuplicates();
  }

  @Test
  void theServiceHasAllThreeProbesOnTheManagementPort() {
    Container service = scenario.rendered().service();

    assertThat(path(service.getStartupProbe())).isEqualTo("liveness");
    assertThat(path(service.getLivenessProbe())).isEqualTo("liveness");
    assertThat(path(service.getReadinessProbe())).isEqualTo("readiness");
  }

  private static String path(Probe probe) {
    HTTPGetAction get = probe.getHttpGet();
    assertThat(get.getPort()).isEqualTo(new IntOrString("management"));
    assertThat(get.getScheme()).isNull();
    assertThat(get.getPath()).startsWith("/actuator/health/");
    return get.getPath().substring("/actuator/health/".length());
  }

  @Test
  void everyImageIsPinned() {
    assertThat(containers())
        .extracting(Container::getImage)
        .allSatisfy(
            image ->
                assertThat(image).matches("[^:@]+(:\\d+/[^:@]+)?(:[\\w.-]+|@sha256:[0-9a-f]{64})"))
        .noneMatch(image -> image.endsWith(":latest"));
  }

  @Test
  void everyPodCompliesWithTheRestrictedSecurityStandard() {
    assertThat(scenario.rendered().pods())
        .allSatisfy(
            pod -> {
              assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
              assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                  .isEqualTo("RuntimeDefault");
              assertThat(pod.getHostNetwork()).isNull();
              assertThat(pod.getHostPID()).isNull();
              assertThat(pod.getHostIPC()).isNull();
            });
    assertThat(containers())
        .extracting(Container::getSecurityContext)
        .allSatisfy(
            context -> {
              assertThat(context.getAllowPrivilegeEscalation()).isFalse();
              assertThat(context.getPrivileged()).isFalse();
              assertThat(context.getReadOnlyRootFilesystem()).isTrue();
              assertThat(context.getRunAsNonRoot()).isTrue();
              assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
              assertThat(context.getCapabilities().getAdd()).isEmpty();
            });
  }

  @Test
  void javaContainersCanWriteOnlyToTmp() {
    assertThat(scenario.rendered().javaContainers())
        .allSatisfy(
            container ->
                assertThat(container.getVolumeMounts())
                    .anyMatch(
                        mount ->
                            mount.getName().equals("tmp") && mount.getMountPath().equals("/tmp"))
                    .filteredOn(mount -> !mount.getName().equals("tmp"))
                    .allMatch(mount -> Boolean.TRUE.equals(mount.getReadOnly())));
  }

  @Test
  void everyContainerHasRequestsAndAMemoryLimit() {
    assertThat(containers())
        .extracting(Container::getResources)
        .allSatisfy(
            resources -> {
              assertThat(resources.getRequests()).containsKeys("cpu", "memory");
              assertThat(resources.getLimits()).containsKey("memory");
              assertThat(resources.getLimits().get("memory").getNumericalAmount())
                  .isGreaterThanOrEqualTo(
                      resources.getRequests().get("memory").getNumericalAmount());
            });
  }

  @Test
  void kubernetesItselfMountsNoServiceAccountToken() {
    assertThat(scenario.rendered().pods())
        .extracting(PodSpec::getAutomountServiceAccountToken)
        .containsOnly(false);
    assertThat(scenario.rendered().all(ServiceAccount.class))
        .allSatisfy(
            account -> {
              assertThat(account.getAutomountServiceAccountToken()).isFalse();
              assertThat(account.getMetadata().getName()).isEqualTo(pod().getServiceAccountName());
            });
  }

  @Test
  void selectorsMatchTheServicesPodsButNotTheTestPod() {
    Map<String, String> labels =
        scenario.rendered().deployment().getSpec().getTemplate().getMetadata().getLabels();
    Map<String, String> selector =
        scenario.rendered().deployment().getSpec().getSelector().getMatchLabels();

    assertThat(selector)
        .containsOnlyKeys(
            "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component");
    assertThat(labels).containsAllEntriesOf(selector);
    assertThat(scenario.rendered().all(Service.class))
        .hasSize(2)
        .allSatisfy(service -> assertThat(service.getSpec().getSelector()).isEqualTo(selector));
    assertThat(scenario.rendered().all(PodDisruptionBudget.class))
        .allSatisfy(
            budget ->
                assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(selector));
    assertThat(pod().getTopologySpreadConstraints())
        .hasSize(2)
        .allSatisfy(
            spread -> assertThat(spread.getLabelSelector().getMatchLabels()).isEqualTo(selector));
    assertThat(scenario.rendered().one(Pod.class).getMetadata().getLabels())
        .doesNotContainEntry("app.kubernetes.io/component", "service");
  }

  @Test
  void everySecretIsRequiredAndNamedInTheNotes() {
    String notes = Chart.notes(scenario.values());

    assertThat(secrets()).hasSizeGreaterThanOrEqualTo(4);
    assertThat(secrets())
        .allSatisfy(
            secret -> {
              assertThat(secret.getOptional()).isNull();
              assertThat(notes).contains(secret.getName());
              assertThat(secret.getItems())
                  .isNotEmpty()
                  .allSatisfy(item -> assertThat(notes).contains(item.getKey()));
            });
    assertThat(notes).doesNotContain("<no value>", "%!", "\n\n\n\n");
  }

  @Test
  void theServiceDoesNotMountTheOwnersPassword() {
    assertThat(scenario.rendered().service().getVolumeMounts())
        .extracting("name")
        .doesNotContain("owner");
    assertThat(pod().getInitContainers())
        .allSatisfy(
            container ->
                assertThat(container.getVolumeMounts())
                    .extracting("name")
                    .doesNotContain("secrets"));
  }

  @Test
  void everyMountHasAVolumeAndEveryConfigMapIsRenderedOrInTheNotes() {
    List<String> maps =
        scenario.rendered().all(ConfigMap.class).stream()
            .map(map -> map.getMetadata().getName())
            .toList();
    String notes = Chart.notes(scenario.values());

    assertThat(pod().getVolumes())
        .filteredOn(volume -> volume.getConfigMap() != null)
        .isNotEmpty()
        .extracting(volume -> volume.getConfigMap().getName())
        .allMatch(name -> maps.contains(name) || notes.contains("from the ConfigMap " + name))
        .containsAnyElementsOf(maps);
    assertThat(
            containers().stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .map(mount -> mount.getName()))
        .allMatch(pod().getVolumes().stream().map(volume -> volume.getName()).toList()::contains);
  }

  @Test
  void filesInTheDatabaseUrlAreMountedInBothContainers() {
    String url = Settings.of(scenario.rendered()).get("spring.datasource.url");
    List<String> files = FILE_IN_URL.matcher(url).results().map(file -> file.group(1)).toList();

    assertThat(files.isEmpty()).isEqualTo(!url.contains("sslmode=verify-"));
    assertThat(scenario.rendered().javaContainers())
        .allSatisfy(container -> assertThat(files).allMatch(mountedIn(container)::contains));
  }

  /** The files of ConfigMaps that a container mounts. */
  private List<String> mountedIn(Container container) {
    return container.getVolumeMounts().stream()
        .flatMap(
            mount ->
                pod().getVolumes().stream()
                    .filter(volume -> volume.getName().equals(mount.getName()))
                    .filter(volume -> volume.getConfigMap() != null)
                    .flatMap(volume -> volume.getConfigMap().getItems().stream())
                    .map(item -> mount.getMountPath() + "/" + item.getPath()))
        .toList();
  }

  @Test
  void noVariableHasJvmOptionsThatTheImageOverrides() {
    assertThat(containers())
        .flatExtracting(Container::getEnv)
        .extracting(EnvVar::getName)
        .doesNotContain("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
  }

  @Test
  void theDisruptionBudgetNeverBlocksADrain() {
    assertThat(scenario.rendered().all(PodDisruptionBudget.class))
        .allSatisfy(
            budget -> {
              assertThat(budget.getSpec().getMinAvailable()).isNull();
              // Kubernetes rounds percentages up.
              assertThat(budget.getSpec().getMaxUnavailable().getValue().toString())
                  .matches("[1-9]\\d*%?");
              assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
            });
  }

  @Test
  void eitherTheDeploymentOrTheAutoscalerSetsTheReplicas() {
    var autoscalers = scenario.rendered().all(HorizontalPodAutoscaler.class);
    var deployment = scenario.rendered().deployment();

    assertThat(deployment.getSpec().getReplicas() == null).isNotEqualTo(autoscalers.isEmpty());
    assertThat(autoscalers)
        .allSatisfy(
            scaler -> {
              assertThat(scaler.getSpec().getScaleTargetRef().getName())
                  .isEqualTo(deployment.getMetadata().getName());
              assertThat(scaler.getSpec().getMetrics())
                  .singleElement()
                  .satisfies(
                      metric ->
                          assertThat(metric.getContainerResource().getContainer())
                              .isEqualTo(scenario.rendered().service().getName()));
            });
  }

  @Test
  void aRolloutStopsNoReplicaBeforeAnotherIsReady() {
    var rolling = scenario.rendered().deployment().getSpec().getStrategy().getRollingUpdate();

    assertThat(rolling.getMaxUnavailable()).isEqualTo(new IntOrString(0));
    assertThat(rolling.getMaxSurge()).isEqualTo(new IntOrString(1));
  }

  @Test
  void theGracePeriodCoversAllPhasesOfAShutdown() {
    var settings = Settings.of(scenario.rendered());
    long sleep = scenario.rendered().service().getLifecycle().getPreStop().getSleep().getSeconds();
    long callWithin = settings.seconds("rekey.rotation.call-within");
    long drain = settings.seconds("rekey.shutdown.drain-for");
    long requests = settings.seconds("spring.lifecycle.timeout-per-shutdown-phase");
    long lateRecords = 10;

    assertThat(settings.seconds("rekey.upstreams.conductorone.http.mint-timeout"))
        .isLessThan(callWithin);
    assertThat(settings.seconds("rekey.upstreams.keycard.http.mint-timeout"))
        .isLessThan(callWithin);
    assertThat(requests).isGreaterThanOrEqualTo(callWithin + 9).isLessThanOrEqualTo(45);
    assertThat(sleep).isPositive();
    assertThat(pod().getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(sleep + drain + requests + lateRecords + 5);
  }

  @Test
  void theServicesTargetThePortsOfRekey() {
    var settings = Settings.of(scenario.rendered());
    String name = scenario.rendered().deployment().getMetadata().getName();

    assertThat(scenario.rendered().service().getPorts())
        .extracting(ContainerPort::getName, port -> port.getContainerPort().toString())
        .containsExactly(
            tuple("http", settings.get("server.port")),
            tuple("management", settings.get("management.server.port")));
    assertThat(scenario.rendered().service(name).getSpec().getPorts())
        .singleElement()
        .satisfies(port -> assertThat(port.getTargetPort()).isEqualTo(new IntOrString("http")));
    assertThat(scenario.rendered().service(name + "-management").getSpec().getPorts())
        .singleElement()
        .satisfies(
            port -> assertThat(port.getTargetPort()).isEqualTo(new IntOrString("management")));
    assertThat(scenario.rendered().service(name + "-management").getSpec().getType())
        .isEqualTo("ClusterIP");
  }

  @Test
  void theIngressTargetsThePublicServiceOverTls() {
    var rendered = scenario.rendered();
    String name = rendered.deployment().getMetadata().getName();
    int port = rendered.service(name).getSpec().getPorts().getFirst().getPort();

    assertThat(rendered.all(Ingress.class))
        .allSatisfy(
            ingress -> {
              assertThat(ingress.getSpec().getTls()).isNotEmpty();
              assertThat(ingress.getSpec().getRules())
                  .isNotEmpty()
                  .flatExtracting(rule -> rule.getHttp().getPaths())
                  .allSatisfy(
                      path -> {
                        var service = path.getBackend().getService();
                        assertThat(service.getName()).isEqualTo(name);
                        assertThat(service.getPort().getNumber()).isEqualTo(port);
                      });
              assertThat(Settings.of(rendered).get("server.forward-headers-strategy"))
                  .isEqualTo("native");
            });
  }

  @Test
  void theHttpRouteTargetsThePublicServiceWithAllItsPaths() {
    var rendered = scenario.rendered();
    String name = rendered.deployment().getMetadata().getName();
    int port = rendered.service(name).getSpec().getPorts().getFirst().getPort();

    assertThat(rendered.all(HttpRoute.class))
        .allSatisfy(
            route -> {
              assertThat(route.getSpec().parentRefs()).isNotEmpty();
              assertThat(route.getSpec().rules())
                  .singleElement()
                  .satisfies(
                      rule -> {
                        assertThat(rule.matches())
                            .containsExactly(
                                new HttpRoute.Match(new HttpRoute.PathMatch("PathPrefix", "/")));
                        assertThat(rule.backendRefs())
                            .containsExactly(new HttpRoute.Backend(name, port));
                      });
              assertThat(Settings.of(rendered).get("server.forward-headers-strategy"))
                  .isEqualTo("native");
            });
  }

  @Test
  void theServiceMonitorSelectsOnlyTheManagementService() {
    assertThat(scenario.rendered().all(ServiceMonitor.class))
        .allSatisfy(
            monitor -> {
              Map<String, String> selected = monitor.getSpec().selector().getMatchLabels();
              assertThat(monitor.getSpec().namespaceSelector().matchNames())
                  .containsExactly(Chart.NAMESPACE);
              assertThat(scenario.rendered().all(Service.class))
                  .filteredOn(
                      service ->
                          service
                              .getMetadata()
                              .getLabels()
                              .entrySet()
                              .containsAll(selected.entrySet()))
                  .singleElement()
                  .satisfies(
                      service ->
                          assertThat(service.getSpec().getPorts())
                              .extracting("name")
                              .containsExactly(monitor.getSpec().endpoints().getFirst().port()));
              assertThat(monitor.getSpec().endpoints())
                  .singleElement()
                  .satisfies(
                      endpoint -> assertThat(endpoint.path()).isEqualTo("/actuator/prometheus"));
            });
  }

  @Test
  void theDashboardIsRenderedUnchanged() throws Exception {
    assertThat(scenario.rendered().all(ConfigMap.class))
        .filteredOn(map -> map.getData().containsKey("rekey.json"))
        .allSatisfy(
            map ->
                assertThat(map.getData().get("rekey.json").strip())
                    .isEqualTo(
                        Files.readString(Chart.DIRECTORY.resolve("dashboards/rekey.json"))
                            .strip()));
  }

  private PodSpec pod() {
    return scenario.rendered().pod();
  }

  /** The chart's. Those of extraObjects are rendered as given. */
  private List<HasMetadata> objects() {
    return scenario.rendered().objects().stream()
        .filter(object -> !(object instanceof ExternalSecret))
        .toList();
  }

  private List<Container> containers() {
    return scenario.rendered().pods().stream()
        .flatMap(
            pod -> Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()))
        .toList();
  }

  private List<SecretProjection> secrets() {
    return pod().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .map(VolumeProjection::getSecret)
        .filter(Objects::nonNull)
        .toList();
  }

  private static String nameOf(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName();
  }
}
