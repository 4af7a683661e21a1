package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the Dockerfile builds, with the compose file's settings. */
@Tag("chaos")
class AotCacheIT {

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static BuiltImage image;

  @BeforeAll
  static void build() {
    surroundings = Surroundings.start();
    image = BuiltImage.of(Path.of(System.getProperty("rekey.jar")), directory);
  }

  @AfterAll
  static void stop() {
    surroundings.close();
  }

  @Test
  void trainingNeedsNoOtherServiceAndLogsNoWarning() {
    assertThat(image.training())
        .contains("AOTCache creation is complete")
        .doesNotContain("WARN", "ERROR");
  }

  @Test
  void rekeyStartsFromTheCacheAndRotates() throws IOException {
    Path output = Files.createDirectories(Path.of("target/chaos")).resolve("aot-cache.log");
    Files.deleteIfExists(output);
    migrate();

    try (var rekey = start(output, "-XX:AOTMode=on", "-Xlog:aot*=warning,class+path=warning")) {
      Answer rotation =
          payments(rekey)
              .post(
                  "/api/v1/apps/connectors/credentials",
                  "{\"appId\":\"crm\",\"connectorId\":\"okta\"}");
      Answer events = payments(rekey).get("/api/v1/audit-events");

      assertThat(rotation.status()).isEqualTo(200);
      assertThat(rotation.text("/credential/clientSecret")).isNotEmpty();
      assertThat(events.text("/items/0/type")).isEqualTo("rotation.succeeded");
    }
    assertThat(Files.readAllLines(output))
        .filteredOn(line -> !line.contains("This is a sandbox"))
        .noneMatch(line -> line.matches(".*(\\[warning\\]|\\[error\\]|WARNING:| WARN | ERROR ).*"));
  }

  @Test
  void aJvmWithOtherOptionsCannotUseTheCache() throws Exception {
    var command = new ArrayList<>(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
    command.addAll(1, List.of("-XX:AOTMode=on", "-Xlog:aot"));
    command.add(command.indexOf("-jar"), "-XX:-UseCompactObjectHeaders");

    Process java = image.start(command, Map.of());

    assertThat(BuiltImage.outputOf(java)).contains("AOT");
    assertThat(java.waitFor()).isNotZero();
  }

  private static RekeyProcess start(Path output, String... more) {
    List<String> jvm = Stream.concat(Stream.of(more), image.jvmArguments().stream()).toList();
    return RekeyProcess.start(image.jar(), settings("rekey"), output, jvm);
  }

  private static void migrate() throws IOException {
    var command = new ArrayList<>(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
    command.addAll(ComposeFile.list(ComposeFile.service("migrate"), "command"));
    assertThat(image.run(command, settings("migrate"))).contains("The schema is at version");
  }

  /** The compose file's settings, with the addresses of this test's services. */
  private static Map<String, String> settings(String service) {
    String sandbox = surroundings.sandbox().url().toString();
    var settings = new HashMap<String, String>();
    ComposeFile.environment(service)
        .forEach(
            (name, value) ->
                settings.put(
                    name,
                    value
                        .replace(
                            "jdbc:postgresql://postgres:5432/rekey",
                            surroundings.postgres().jdbcUrl())
                        .replaceFirst("http://(sandbox|localhost):9090", sandbox)
                        .replace("for-development-only", PostgresServer.PASSWORD)));
    return settings;
  }

  private static Http payments(RekeyProcess rekey) {
    return rekey.http().bearer(Tokens.of(surroundings.sandbox(), "payments"));
  }
}
