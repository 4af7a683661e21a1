package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upgrade changes, and what it must not. */
class UpgradeTest {

  @TempDir private Path scratch;

  @Test
  void theSelectorIsTheSameInEveryScenarioThatKeepsTheName() {
    assertThat(Scenario.all())
        .filteredOn(scenario -> !Chart.yaml(scenario.values()).containsKey("nameOverride"))
        .extracting(UpgradeTest::selector)
        .hasSizeGreaterThan(5)
        .containsOnly(
            Map.of(
                "app.kubernetes.io/name", "rekey",
                "app.kubernetes.io/instance", Chart.RELEASE,
                "app.kubernetes.io/component", "service"));
  }

  @Test
  void aNewVersionChangesLabelsButNoSelector() throws IOException {
    Path next = Chart.copy(scratch);
    Path metadata = next.resolve("Chart.yaml");
    Files.writeString(metadata, Files.readString(metadata).replace("0.1.0", "7.2.3"));

    Rendered before = Chart.render(Chart.MINIMAL);
    Rendered after = Chart.renderFrom(next, Chart.MINIMAL);

    assertThat(selector(after)).isEqualTo(selector(before));
    assertThat(template(after).getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/version", "7.2.3")
        .containsEntry("helm.sh/chart", "rekey-7.2.3");
    assertThat(after.pod().getContainers().getFirst().getImage()).endsWith("/rekey:7.2.3");
  }

  @Test
  void onlyAConfigurationChangeRollsOut() {
    Path grants = scratch.resolve("grants.yaml");
    Chart.write(grants, Map.of("callers", Map.of("mintsPerMinute", 5)));
    Path scale = scratch.resolve("scale.yaml");
    Chart.write(scale, Map.of("replicaCount", 9));

    PodTemplateSpec before = template(Chart.render(Chart.MINIMAL));

    assertThat(template(Chart.render(Chart.MINIMAL, scale))).isEqualTo(before);
    assertThat(template(Chart.render(Chart.MINIMAL, grants)).getMetadata().getAnnotations())
        .containsKey("checksum/config")
        .isNotEqualTo(before.getMetadata().getAnnotations());
  }

  @Test
  void anAutoscalerStartsWithTheCurrentReplicas() throws IOException {
    Path values = Chart.DIRECTORY.resolve("ci/autoscaling-values.yaml");
    Path inACluster = Chart.copy(scratch);
    Chart.lookupReturns(inACluster, "\"spec\" (dict \"replicas\" 7)");

    assertThat(Chart.renderFrom(inACluster, values).deployment().getSpec().getReplicas())
        .isEqualTo(7);
    assertThat(Chart.render(values).deployment().getSpec().getReplicas()).isNull();
    assertThat(Chart.renderFrom(inACluster, Chart.MINIMAL).deployment().getSpec().getReplicas())
        .isEqualTo(3);
  }

  @Test
  void theChartHasTheVersionOfTheBuild() throws IOException {
    String version =
        Files.readString(Path.of("pom.xml"))
            .replaceAll(
                "(?s).*?<artifactId>rekey</artifactId>\\s*<version>([^<]+?)(-SNAPSHOT)?<.*", "$1");

    assertThat(Chart.yaml(Chart.DIRECTORY.resolve("Chart.yaml")))
        .containsEntry("appVersion", version);
  }

  private static Map<String, String> selector(Scenario scenario) {
    return selector(scenario.rendered());
  }

  private static Map<String, String> selector(Rendered rendered) {
    return rendered.deployment().getSpec().getSelector().getMatchLabels();
  }

  private static PodTemplateSpec template(Rendered rendered) {
    return rendered.deployment().getSpec().getTemplate();
  }
}
