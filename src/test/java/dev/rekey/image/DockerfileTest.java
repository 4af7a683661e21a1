package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.image.Dockerfile.Instruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules for the image that Docker does not check. */
class DockerfileTest {

  private static final Pattern FROM_STAGE = Pattern.compile("--from=(\\S+)");
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>rekey</artifactId>\\s*<version>([^<]+)</version>");

  @Test
  void everyBaseImageIsPinned() {
    List<String> stages = Dockerfile.all("FROM").stream().map(Instruction::stage).toList();

    assertThat(stages)
        .map(Dockerfile::baseOf)
        .isNotEmpty()
        .filteredOn(base -> !stages.contains(base))
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(base -> base.matches("[a-z/-]+:\\d[\\w.-]*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {Dockerfile.SERVICE, Dockerfile.SANDBOX})
  void runsWithoutAShell(String stage) {
    assertThat(List.of(Dockerfile.one(stage, "ENTRYPOINT"), Dockerfile.one(stage, "HEALTHCHECK")))
        .allSatisfy(
            instruction -> {
              assertThat(instruction.hasExecForm()).isTrue();
              assertThat(instruction.words()).first().isEqualTo("java");
            });
    assertThat(Dockerfile.leadingTo(stage, "RUN")).isEmpty();
    assertThat(Dockerfile.leadingTo(stage, "CMD")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {Dockerfile.SERVICE, Dockerfile.SANDBOX})
  void runsAsTheUserOfTheChartWhichOwnsNoFile(String stage) throws IOException {
    Map<String, Object> context = ComposeFile.map(chartValues(), "podSecurityContext");

    assertThat(Dockerfile.one(stage, "USER").text())
        .isEqualTo(context.get("runAsUser") + ":" + context.get("runAsGroup"));
    assertThat(Dockerfile.leadingTo(stage, "COPY"))
        .isNotEmpty()
        .allSatisfy(
            copy ->
                assertThat(copy.text().contains("--chown=0:0"))
                    .isEqualTo(comesFromAStageOfAnotherUser(copy)));
  }

  /** Files that are copied from another stage keep their owner. */
  private static boolean comesFromAStageOfAnotherUser(Instruction copy) {
    return FROM_STAGE
        .matcher(copy.text())
        .results()
        .anyMatch(from -> !Dockerfile.leadingTo(from.group(1), "USER").isEmpty());
  }

  @Test
  void trainingAndRunUseTheSameOptionsAndJars() {
    List<String> training = Dockerfile.one("training", "RUN").words();
    List<String> run = Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words();

    assertThat(training).contains("-XX:AOTCacheOutput=/tmp/rekey.aot");
    assertThat(run).contains("-XX:AOTCache=/opt/rekey/rekey.aot");
    assertThat(jvmOptionsAndJar(training)).isEqualTo(jvmOptionsAndJar(run));
    assertThat(Dockerfile.baseOf("training")).isEqualTo(Dockerfile.baseOf(Dockerfile.SERVICE));
  }

  private static List<String> jvmOptionsAndJar(List<String> words) {
    return words.stream()
        .filter(word -> !word.startsWith("-XX:AOTCache"))
        .filter(word -> !word.matches("--?D?spring\\..*"))
        .toList();
  }

  @Test
  void layersAreOrderedByFrequencyOfChange() {
    assertThat(Dockerfile.leadingTo(Dockerfile.SERVICE, "COPY"))
        .extracting(copy -> copy.text().replaceAll("^(--\\S+ )+(\\S+/)?([\\w.-]+)/? \\./$", "$3"))
        .containsExactly(
            "dependencies",
            "snapshot-dependencies",
            "src/main/docker/jvm.options ./",
            "application",
            "rekey.aot");
  }

  @Test
  void dependenciesAreResolvedFromThePomAlone() {
    assertThat(Dockerfile.leadingTo("dependencies", "COPY"))
        .extracting(Instruction::text)
        .containsExactly("pom.xml .");
  }

  @Test
  void thereAreNoHeapOrCoreDumps() throws IOException {
    assertThat(jvmOptions())
        .contains(
            "-XX:-HeapDumpOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+ExitOnOutOfMemoryError");
  }

  @Test
  void nettyUnpacksNoNativeCode() throws IOException {
    assertThat(jvmOptions()).contains("-Dio.netty.transport.noNative=true");
  }

  @Test
  void collectorAndShareOfHeapAreSet() throws IOException {
    assertThat(jvmOptions())
        .contains("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-XX:MaxRAMPercentage=50")
        .noneMatch(option -> option.startsWith("-Xm"));
  }

  @Test
  void memoryThatIsNotHeapHasLimits() throws IOException {
    assertThat(jvmOptions())
        .contains("-XX:ReservedCodeCacheSize=128m", "-XX:MaxDirectMemorySize=64m");
  }

  @Test
  void theHealthCheckSetsNoCollector() {
    assertThat(List.of(Dockerfile.SERVICE, Dockerfile.SANDBOX))
        .map(stage -> Dockerfile.one(stage, "HEALTHCHECK"))
        .flatMap(Instruction::words)
        .contains("dev.rekey.HealthCheck")
        .noneMatch(word -> word.matches("-XX:.Use\\w+GC"));
  }

  @ParameterizedTest
  @ValueSource(strings = {Dockerfile.SERVICE, Dockerfile.SANDBOX})
  void labelsHaveTheVersion(String stage) throws IOException {
    var version = VERSION.matcher(Files.readString(Path.of("pom.xml")));

    assertThat(version.find()).isTrue();
    assertThat(Dockerfile.all("ARG"))
        .filteredOn(argument -> argument.stage().isEmpty())
        .extracting(Instruction::text)
        .contains("VERSION=" + version.group(1));
    assertThat(Dockerfile.all("ARG"))
        .filteredOn(argument -> argument.stage().equals(stage))
        .extracting(Instruction::text)
        .containsExactly("VERSION", "REVISION", "CREATED", "SOURCE");
    assertThat(Dockerfile.one(stage, "LABEL").text())
        .contains(
            "org.opencontainers.image.title=\"Rekey",
            "org.opencontainers.image.licenses=\"Apache-2.0\"",
            "org.opencontainers.image.version=\"$VERSION\"",
            "org.opencontainers.image.revision=\"$REVISION\"",
            "org.opencontainers.image.created=\"$CREATED\"",
            "org.opencontainers.image.source=\"$SOURCE\"",
            "org.opencontainers.image.base.name=\"docker.io/library/"
                + Dockerfile.baseOf("runtime")
                + "\"");
  }

  @Test
  void theBuildContextHasOnlyTheNeededFiles() throws IOException {
    assertThat(lines(Path.of(".dockerignore")))
        .containsExactly("*", "!pom.xml", "!src/main", "!src/test/java/sandbox");
  }

  private static List<String> jvmOptions() throws IOException {
    return lines(Path.of("src/main/docker/jvm.options"));
  }

  private static List<String> lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }
  }

  private static Map<String, Object> chartValues() throws IOException {
    return ComposeFile.parser().load(Files.readString(Path.of("helm/rekey/values.yaml")));
  }
}
