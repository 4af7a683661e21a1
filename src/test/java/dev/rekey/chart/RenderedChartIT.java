package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Java;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sandbox.Sandbox;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the jar as the rendered chart configures it: first the init container, then the service,
 * each with only its own mounts, environment and arguments.
 */
@Tag("chaos")
class RenderedChartIT {

  private static final String ROTATE = "/api/v1/apps/connectors/credentials";
  private static final String OKTA = "{\"appId\":\"crm\",\"connectorId\":\"okta\"}";

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static Rendered rendered;

  @BeforeAll
  static void start() {
    surroundings = Surroundings.start();
    Path values = directory.resolve("values.yaml");
    Chart.write(values, values());
    rendered = Chart.render(Chart.MINIMAL, values);
  }

  @AfterAll
  static void stop() {
    surroundings.close();
  }

  @Test
  void theInitContainerMigratesAndTheServiceRotates() throws Exception {
    Container migration = rendered.pod().getInitContainers().getFirst();
    Container service = rendered.service();

    String rotation;

    assertThat(run(migration)).endsWith(", exit 0").contains("The schema is at version");
    try (var rekey = start(service)) {
      Http payments = rekey.http().bearer(token());
      Answer rotated = payments.post(ROTATE, OKTA);
      rotation = rotated.header("Rekey-Rotation-Id");
      Answer events = payments.get("/api/v1/audit-events?type=rotation.succeeded");

      assertThat(rotated.status()).isEqualTo(200);
      assertThat(new Control(surroundings.sandbox()).mints()).hasSize(1);
      assertThat(events.body().path("items")).hasSize(1);
      for (Container check : rendered.one(Pod.class).getSpec().getContainers()) {
        assertThat(helmTest(check, rekey)).as(check.getName()).isZero();
      }
    }
    assertThat(Files.readAllLines(directory.resolve("log")))
        .filteredOn(line -> !line.isBlank())
        .extracting(JsonMapper.shared()::readTree)
        .allMatch(line -> line.has("@timestamp"))
        .filteredOn(line -> line.path("rekey.rotation.id").asString("").equals(rotation))
        .isNotEmpty()
        .allMatch(line -> line.has("http.request.id") && line.has("trace.id"));
  }

  private static RekeyProcess start(Container container) {
    return RekeyProcess.start(environment(container), directory.resolve("log"));
  }

  /** The exit code of a container of helm test, with the classes of this build. */
  private static int helmTest(Container check, RekeyProcess rekey) throws Exception {
    var arguments = new ArrayList<>(check.getCommand().subList(1, check.getCommand().size()));
    arguments.set(arguments.indexOf("-cp") + 1, System.getProperty("java.class.path"));
    for (String argument : check.getArgs()) {
      arguments.add(
          argument
              .replace(
                  "//blue-rekey-management:8081/", "//localhost:" + rekey.managementPort() + "/")
              .replace("//blue-rekey:8080/", "//localhost:" + rekey.port() + "/"));
    }
    return Java.with(arguments, Map.of()).inheritIO().start().waitFor();
  }

  private static String token() {
    return Tokens.of(surroundings.sandbox(), "payments");
  }

  /** Output and exit code. */
  private static String run(Container container) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of("-jar", System.getProperty("rekey.jar")));
    arguments.addAll(container.getArgs());
    Process process =
        Java.with(arguments, environment(container)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output + ", exit " + process.exitValue();
  }

  /** The container's environment; its volumes are mounted under a temporary directory. */
  private static Map<String, String> environment(Container container) {
    Path root = directory.resolve(container.getName());
    container.getVolumeMounts().forEach(mount -> mount(mount, container, root));
    Map<String, String> environment =
        container.getEnv().stream()
            .collect(
                Collectors.toMap(
                    EnvVar::getName, variable -> moved(variable.getValue(), container, root)));
    // The chart refuses it, but this test's issuer has no TLS and its passwords are well known.
    environment.put("REKEY_SANDBOX", "true");
    return environment;
  }

  private static void mount(VolumeMount mount, Container container, Path root) {
    Volume volume =
        rendered.pod().getVolumes().stream()
            .filter(candidate -> candidate.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow();
    Path target = root.resolve(mount.getMountPath().substring(1));
    if (volume.getConfigMap() != null) {
      write(target, "application.yaml", moved(rendered.configuration(), container, root));
    }
    if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        String secret = source.getSecret().getName();
        source
            .getSecret()
            .getItems()
            .forEach(item -> write(target, item.getPath(), secret(secret, item.getKey())));
      }
    }
  }

  private static String moved(String text, Container container, Path root) {
    String paths =
        container.getVolumeMounts().stream()
            .map(mount -> Pattern.quote(mount.getMountPath()))
            .collect(Collectors.joining("|", ":(", ")/"));
    return text.replaceAll(paths, ":" + root + "$1/");
  }

  // Like the kubelet, which replaces all files of a volume at once.
  private static void write(Path target, String name, String content) {
    try {
      Files.createDirectories(target.resolve("..data"));
      Files.writeString(target.resolve("..data").resolve(name), content);
      Files.createSymbolicLink(target.resolve(name), Path.of("..data", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String secret(String secret, String key) {
    return switch (secret + "/" + key) {
      case "rekey-database/password", "rekey-database-owner/password" -> PostgresServer.PASSWORD;
      case "rekey-conductorone/client-secret" -> Sandbox.CONDUCTORONE_CLIENT_SECRET;
      case "rekey-keycard/client-secret" -> Sandbox.KEYCARD_CLIENT_SECRET;
      case "rekey-audit/signing-key.pem" ->
          surroundings.properties().get("rekey.audit.signing-key");
      default -> throw new AssertionError("no key " + key + " in " + secret);
    };
  }

  /** What this test changes in the minimal values. */
  private static Map<String, Object> values() {
    var sandbox = surroundings.sandbox().url();
    return Map.of(
        "database", Map.of("url", surroundings.postgres().jdbcUrl()),
        "callers", Map.of("issuerUri", sandbox.toString(), "audiences", List.of(Sandbox.AUDIENCE)),
        "upstreams",
            Map.of(
                "conductorone",
                    Map.of(
                        "apiUrl", sandbox + "/conductorone",
                        "tokenUrl", sandbox + "/conductorone/auth/v1/token",
                        "clientId", Sandbox.CONDUCTORONE_CLIENT_ID),
                "keycard",
                    Map.of(
                        "apiUrl", sandbox + "/keycard",
                        "tokenUrl", sandbox + "/keycard/service-account-token",
                        "clientId", Sandbox.KEYCARD_CLIENT_ID)));
  }
}
