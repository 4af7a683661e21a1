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
 * The jar, run as the rendered chart says: first the init container, then the service, each with
 * its own mounts, environment and arguments, and with nothing else.
 */
@Tag("chaos")
class ChartedRekeyIT {

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
  void theOwnerMigratesThenTheServiceRotatesAndHistoryHasIt() throws Exception {
    Container migration = rendered.pod().getInitContainers().getFirst();
    Container service = rendered.pod().getContainers().getFirst();

    String rotation;

    assertThat(run(migration)).endsWith(", exit 0").contains("The schema is at version");
    try (var rekey = start(service)) {
      Http payments = rekey.http().bearer(token());
      Answer rotated = payments.post(ROTATE, OKTA);
      rotation = rotated.header("Rekey-Rotation-Id");
      Answer history = payments.get("/api/v1/audit-events?type=rotation.succeeded");

      assertThat(rotated.status()).isEqualTo(200);
      assertThat(new Control(surroundings.sandbox()).mints()).hasSize(1);
      assertThat(history.body().path("items")).hasSize(1);
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
    // Netty's native parts, of which the JVM would warn in lines that are no JSON.
    return RekeyProcess.start(
        environment(container),
        directory.resolve("log"),
        List.of("--enable-native-access=ALL-UNNAMED"));
  }

  private static String token() {
    return Tokens.of(surroundings.sandbox(), "payments");
  }

  /** What it said, and how it ended. */
  private static String run(Container container) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of("-jar", System.getProperty("rekey.jar")));
    arguments.addAll(container.getArgs());
    Process process =
        Java.with(arguments, environment(container)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said + ", exit " + process.exitValue();
  }

  /** What it is started with, once its volumes are mounted where a test may write. */
  private static Map<String, String> environment(Container container) {
    Path root = directory.resolve(container.getName());
    container.getVolumeMounts().forEach(mount -> mount(mount, container, root));
    return container.getEnv().stream()
        .collect(
            Collectors.toMap(
                EnvVar::getName, variable -> moved(variable.getValue(), container, root)));
  }

  private static void mount(VolumeMount mount, Container container, Path root) {
    Volume volume =
        rendered.pod().getVolumes().stream()
            .filter(candidate -> candidate.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow();
    Path place = root.resolve(mount.getMountPath().substring(1));
    if (volume.getConfigMap() != null) {
      write(place, "application.yaml", moved(rendered.configuration(), container, root));
    }
    if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        String secret = source.getSecret().getName();
        source
            .getSecret()
            .getItems()
            .forEach(item -> write(place, item.getPath(), secret(secret, item.getKey())));
      }
    }
  }

  private static String moved(String text, Container container, Path root) {
    String places =
        container.getVolumeMounts().stream()
            .map(mount -> Pattern.quote(mount.getMountPath()))
            .collect(Collectors.joining("|", ":(", ")/"));
    return text.replaceAll(places, ":" + root + "$1/");
  }

  // As the kubelet does it, so that all files of a volume change at once.
  private static void write(Path place, String name, String content) {
    try {
      Files.createDirectories(place.resolve("..data"));
      Files.writeString(place.resolve("..data").resolve(name), content);
      Files.createSymbolicLink(place.resolve(name), Path.of("..data", name));
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
      default -> throw new AssertionError("nobody made the key " + key + " in " + secret);
    };
  }

  /** What is different here from the least that has to be said. */
  private static Map<String, Object> values() {
    var sandbox = surroundings.sandbox().url();
    return Map.of(
        "config", Map.of("rekey", Map.of("sandbox", true)),
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
