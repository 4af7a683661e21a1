package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules for the compose file that Docker does not check. */
class ComposeFileTest {

  @Test
  void everyImageIsPinned() {
    assertThat(ComposeFile.services().values())
        .extracting(service -> service.get("image"))
        .allSatisfy(image -> assertThat((String) image).matches("[a-z/-]+:[\\w.-]+"))
        .noneMatch(image -> image.toString().endsWith(":latest"));
  }

  @Test
  void everyServiceIsHardened() {
    assertThat(ComposeFile.services())
        .allSatisfy(
            (name, service) -> {
              assertThat(service).containsEntry("read_only", true);
              assertThat(ComposeFile.list(service, "cap_drop")).containsExactly("ALL");
              assertThat(service).doesNotContainKeys("cap_add", "privileged", "network_mode");
              assertThat(ComposeFile.list(service, "security_opt"))
                  .containsExactly("no-new-privileges:true");
              assertThat(ComposeFile.list(service, "tmpfs")).contains("/tmp");
            });
  }

  @Test
  void portsAreThoseOfTheReadmeOnLocalhostOnly() {
    assertThat(ComposeFile.services())
        .allSatisfy(
            (name, service) ->
                assertThat(ComposeFile.list(service, "ports"))
                    .allMatch(port -> port.startsWith("127.0.0.1:")));
    assertThat(ComposeFile.list(ComposeFile.service("rekey"), "ports"))
        .containsExactly("127.0.0.1:8080:8080", "127.0.0.1:8081:8081");
    assertThat(ComposeFile.list(ComposeFile.service("sandbox"), "ports"))
        .containsExactly("127.0.0.1:9090:9090");
    assertThat(ComposeFile.list(ComposeFile.service("postgres"), "ports")).isEmpty();
  }

  @Test
  void variablesChangeThePorts() throws IOException {
    assertThat(Files.readAllLines(Path.of("docker-compose.yml")))
        .filteredOn(line -> line.contains("\"127.0.0.1:"))
        .hasSize(5)
        .allSatisfy(
            line -> assertThat(line).containsPattern("127\\.0\\.0\\.1:\\$\\{\\w+_PORT:-\\d+}"));
  }

  @Test
  void theOwnerMigratesBeforeTheServiceStarts() {
    Map<String, Object> dependencies = ComposeFile.map(ComposeFile.service("rekey"), "depends_on");

    assertThat(ComposeFile.map(dependencies, "migrate"))
        .containsEntry("condition", "service_completed_successfully");
    assertThat(ComposeFile.list(ComposeFile.service("migrate"), "command"))
        .containsExactly("migrate");
    assertThat(ComposeFile.environment("rekey"))
        .containsEntry("SPRING_DATASOURCE_USERNAME", "rekey_service")
        .containsEntry("SPRING_FLYWAY_ENABLED", "false")
        .doesNotContainKeys("SPRING_FLYWAY_USER", "SPRING_FLYWAY_PASSWORD");
    assertThat(ComposeFile.environment("migrate"))
        .containsEntry("SPRING_FLYWAY_USER", "rekey_owner")
        .doesNotContainKey("SPRING_DATASOURCE_PASSWORD");
  }

  @Test
  void buildTargetsExistInTheDockerfile() {
    assertThat(
            ComposeFile.services().values().stream()
                .map(service -> ComposeFile.map(service, "build"))
                .filter(build -> !build.isEmpty()))
        .extracting(build -> build.get("target"))
        .containsOnly(Dockerfile.SERVICE, Dockerfile.SANDBOX);
  }

  @Test
  void prometheusAndGrafanaNeedTheirProfile() {
    assertThat(ComposeFile.services())
        .allSatisfy(
            (name, service) ->
                assertThat(ComposeFile.list(service, "profiles"))
                    .isEqualTo(
                        List.of("prometheus", "grafana").contains(name)
                            ? List.of("observability")
                            : List.of()));
  }

  @Test
  void mountedFilesExistAndAreReadOnly() {
    assertThat(
            ComposeFile.services().values().stream()
                .flatMap(service -> ComposeFile.list(service, "volumes").stream())
                .filter(volume -> volume.startsWith("./")))
        .hasSizeGreaterThanOrEqualTo(6)
        .allSatisfy(
            volume -> {
              assertThat(Path.of(volume.replaceFirst(":.*", ""))).exists();
              assertThat(volume).endsWith(":ro");
            });
  }

  @Test
  void prometheusScrapesRekey() throws IOException {
    String prometheus = Files.readString(Path.of("src/main/docker/observability/prometheus.yml"));

    assertThat(prometheus)
        .contains("rekey:8081", "/actuator/prometheus", "namespace:", "/etc/prometheus/rules/");
    assertThat(ComposeFile.list(ComposeFile.service("prometheus"), "volumes"))
        .anyMatch(volume -> volume.contains(":/etc/prometheus/rules/"));
  }

  @Test
  void grafanaCanRunTheDataSourceOfTheBoardsInAFixedVersion() throws IOException {
    String sources = Files.readString(Path.of("src/main/docker/observability/datasource.yaml"));

    assertThat(ComposeFile.environment("grafana").get("GF_PLUGINS_PREINSTALL"))
        .matches("yesoreyeram-infinity-datasource@\\d+\\.\\d+\\.\\d+");
    assertThat(sources).contains("type: yesoreyeram-infinity-datasource", "http://rekey:8080");
    // Docker's default forbids programs in a tmpfs.
    assertThat(ComposeFile.list(ComposeFile.service("grafana"), "tmpfs"))
        .anyMatch(mount -> mount.startsWith("/var/lib/grafana:") && mount.endsWith(",exec"));
  }
}
