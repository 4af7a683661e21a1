package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rekey.run.JarRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the contents of the built jar. */
class BuiltJarIT {

  private static final String CLASSES = "BOOT-INF/classes/";
  private static final String LIBRARIES = "BOOT-INF/lib/";
  private static final String BILL = "META-INF/sbom/application.cdx.json";

  /** From Spring Boot, which adds it when the jar is otherwise complete. */
  private static final String JAR_TOOLS = "spring-boot-jarmode-tools-";

  private static final Pattern PACKAGE =
      Pattern.compile("pkg:maven/[^/]+/([^@]+)@([^?]+)(?:\\?(?:classifier=([^&]+)&)?.*)?");

  private static JarFile jar;

  @BeforeAll
  static void open() throws IOException {
    jar = new JarFile(path().toFile());
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  @Test
  void sbomNamesEveryLibraryInTheJar() throws IOException {
    assumeThat(System.getProperty("rekey.jar.built"))
        .as("Maven omits the bill of materials when it runs offline")
        .isEqualTo("offline: false");
    JsonNode bill = JsonMapper.shared().readTree(jar.getInputStream(jar.getEntry(BILL)));

    assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(bill.at("/metadata/component/name").asString()).isEqualTo("rekey");
    assertThat(libraries())
        .hasSizeGreaterThan(100)
        .filteredOn(library -> !library.startsWith(JAR_TOOLS))
        .isSubsetOf(
            bill.path("components")
                .valueStream()
                .map(component -> file(component.path("purl").asString()))
                .toList());
  }

  @Test
  void jarContainsNoTestClasses() throws IOException {
    assertThat(below(CLASSES))
        .contains("dev/rekey/RekeyApplication.class", "dev/rekey/rotation/CredentialRotation.class")
        .doesNotContainAnyElementsOf(testClasses())
        .noneMatch(name -> name.startsWith("sandbox/"));
    assertThat(libraries())
        .noneMatch(name -> name.matches("(?i).*(junit|assertj|mockito|archunit|zonky|sandbox).*"));
  }

  @Test
  void versionAndHelpNeedNoSettings() {
    var version = JarRun.within(Duration.ofMinutes(1), Map.of(), "--version");
    var help = JarRun.within(Duration.ofMinutes(1), Map.of(), "--help");

    assertThat(version.said()).singleElement().asString().matches("Rekey \\d+\\.\\d+\\..*");
    assertThat(help.said().getFirst()).startsWith("Usage: java -jar rekey.jar [command]");
    assertThat(help.said()).anyMatch(line -> line.contains("verify-audit"));
    assertThat(List.of(version.exit(), help.exit())).containsOnly(0);
  }

  @Test
  void nativeCodeIsAllowedSoThatTheJvmDoesNotWarn() throws IOException {
    assertThat(jar.getManifest().getMainAttributes().getValue("Enable-Native-Access"))
        .isEqualTo("ALL-UNNAMED");
  }

  private static List<String> libraries() {
    return below(LIBRARIES);
  }

  private static List<String> below(String directory) {
    return jar.stream()
        .filter(entry -> !entry.isDirectory())
        .map(JarEntry::getName)
        .filter(name -> name.startsWith(directory))
        .map(name -> name.substring(directory.length()))
        .toList();
  }

  private static List<String> testClasses() throws IOException {
    Path root = path().resolveSibling("test-classes");
    try (var files = Files.walk(root)) {
      var classes =
          files
              .map(file -> root.relativize(file).toString())
              .filter(name -> name.endsWith(".class"))
              .toList();
      assertThat(classes).contains("sandbox/Sandbox.class", "dev/rekey/BuiltJarIT.class");
      return classes;
    }
  }

  private static String file(String purl) {
    var matcher = PACKAGE.matcher(purl);
    assertThat(matcher.matches()).as(purl).isTrue();
    String classifier = matcher.group(3);
    return matcher.group(1)
        + "-"
        + matcher.group(2)
        + (classifier == null ? "" : "-" + classifier)
        + ".jar";
  }

  private static Path path() {
    return Path.of(Objects.requireNonNull(System.getProperty("rekey.jar")));
  }
}
