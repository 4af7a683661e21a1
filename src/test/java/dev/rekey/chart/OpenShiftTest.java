package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenShift admits the pods, with the same values as elsewhere. */
class OpenShiftTest {

  private static final RestrictedScc NAMESPACE =
      new RestrictedScc(1_000_680_000L, 10_000, "s0:c26,c15");

  private static final String CONTAINER =
      "containers: [{name: a, securityContext: {allowPrivilegeEscalation: false,"
          + " capabilities: {drop: [ALL]}}}]";

  @TempDir private Path scratch;

  static Stream<List<Path>> values() {
    return Stream.concat(
        Chart.scenarios().stream().map(List::of),
        ConventionsTest.files().map(file -> List.of(Chart.MINIMAL, file)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void admitsThePodsOfTheServiceAndOfHelmTest(List<Path> values) {
    Rendered rendered = Chart.renderOnOpenShift(values.toArray(Path[]::new));

    assertThat(rendered.pods())
        .hasSize(2)
        .allSatisfy(
            pod -> {
              assertThat(NAMESPACE.violations(pod)).isEmpty();
              assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            });
  }

  @Test
  void elsewhereThePodsHaveTheUserOfTheImage() {
    assertThat(Chart.render(Chart.MINIMAL).pods())
        .allSatisfy(
            pod ->
                assertThat(NAMESPACE.violations(pod))
                    .containsExactly("the pod: runAsUser 10001", "the pod: fsGroup 10001"));
  }

  @Test
  void aValueForcesOrPreventsIt() {
    PodSpec forced = Chart.render(Chart.MINIMAL, adapt("force")).pod();
    PodSpec prevented = Chart.renderOnOpenShift(Chart.MINIMAL, adapt("disabled")).pod();

    assertThat(NAMESPACE.violations(forced)).isEmpty();
    assertThat(prevented.getSecurityContext().getRunAsUser()).isEqualTo(10001);
  }

  @Test
  void aParentChartWithoutTheValueChangesNothing() {
    Path global = scratch.resolve("global.yaml");
    Chart.write(global, Map.of("global", Map.of("another", Map.of("openshift", "yes"))));

    assertThat(Chart.renderOnOpenShift(Chart.MINIMAL, global).pods())
        .allSatisfy(pod -> assertThat(NAMESPACE.violations(pod)).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          securityContext: {runAsUser: 65534}                      | the pod: runAsUser 65534
          securityContext: {runAsUser: 1000690000}                 | the pod: runAsUser 1000690000
          securityContext: {fsGroup: 1000680001}                   | the pod: fsGroup 1000680001
          securityContext: {seLinuxOptions: {level: "s0:c1,c2"}}   | the pod: seLinuxOptions
          securityContext: {seccompProfile: {type: Unconfined}}    | the pod: seccompProfile Unconfined
          volumes: [{name: a, hostPath: {path: /}}]                | the pod: a volume of type hostPath
          volumes: [{name: a, nfs: {server: a, path: /}}]          | the pod: a volume of type nfs
          hostNetwork: true                                        | the pod: a namespace of the host
          """)
  void rejectsAPodThatAsksForMore(String field, String violation) {
    assertThat(NAMESPACE.violations(pod(field + "\n" + CONTAINER))).containsExactly(violation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_ADMIN]}} | a: adds [NET_ADMIN]
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [KILL]}}                  | a: does not drop ALL
          securityContext: {allowPrivilegeEscalation: false}                                                | a: does not drop ALL
          securityContext: {allowPrivilegeEscalation: true, capabilities: {drop: [ALL]}}                    | a: allowPrivilegeEscalation
          securityContext: {allowPrivilegeEscalation: false, privileged: true, capabilities: {drop: [ALL]}} | a: privileged
          securityContext: {allowPrivilegeEscalation: false, runAsUser: 0, capabilities: {drop: [ALL]}}     | a: runAsUser 0
          image: a                                                                                          | a: no securityContext
          """)
  void rejectsAContainerThatAsksForMore(String field, String violation) {
    assertThat(NAMESPACE.violations(pod("containers: [{name: a, " + field + "}]")))
        .containsExactly(violation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          securityContext: {runAsUser: 1000680000, fsGroup: 1000680000}
          securityContext: {runAsUser: 1000689999, supplementalGroups: [5]}
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          securityContext: {seLinuxOptions: {level: "s0:c26,c15"}}
          volumes: [{name: a, emptyDir: {}}, {name: b, csi: {driver: a}}]
          """)
  void admitsAPodThatAsksForWhatTheNamespaceHas(String field) {
    assertThat(NAMESPACE.violations(pod(field + "\n" + CONTAINER))).isEmpty();
  }

  private static PodSpec pod(String yaml) {
    return Rendered.strictly(Chart.parser().load(yaml), PodSpec.class);
  }

  private Path adapt(String how) {
    Path file = scratch.resolve(how + ".yaml");
    var openShift = Map.of("adaptSecurityContext", how);
    Chart.write(file, Map.of("global", Map.of("compatibility", Map.of("openshift", openShift))));
    return file;
  }
}
