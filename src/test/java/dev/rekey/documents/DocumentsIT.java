package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command of the documentation, against the program that {@code mvn spring-boot:test-run}
 * starts. CONTRIBUTING.md says how a page states what its commands print.
 */
class DocumentsIT {

  @TempDir private static Path directory;

  private static SandboxService service;
  private static SlackStandIn slack;
  private static Bash bash;

  @BeforeAll
  static void start() throws IOException {
    link("src", Path.of("src"));
    link("helm", Path.of("helm"));
    link("rekey.jar", Path.of(System.getProperty("rekey.jar")));
    service = SandboxService.start(directory);
    link("audit.pub", directory.resolve("target").resolve("sandbox-audit.pub.pem"));
    slack = new SlackStandIn();
    bash =
        new Bash(
            directory,
            Map.of(
                "TOKEN", service.token(),
                "DATABASE", service.database(),
                "SLACK_URL", slack.url()));
  }

  private static void link(String name, Path file) throws IOException {
    Files.createSymbolicLink(directory.resolve(name), file.toAbsolutePath());
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
    if (slack != null) {
      slack.close();
    }
  }

  static List<Page> pages() {
    return Page.all().stream()
        .filter(page -> page.commands().stream().anyMatch(Commands::isRun))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void commandsPrintWhatThePageSays(Page page) throws Exception {
    assumeThat(Bash.missing(page)).as("programs that %s needs", page).isEmpty();

    Bash.Run run = bash.run(page, service::asRun);

    assertThat(run.exit()).as("%s: %s%n%s", page, run.errors(), run.output()).isZero();
    List<Commands> commands = page.commands();
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).isRun()) {
        String printed = Objects.requireNonNullElse(run.output().get(i), "");
        assertPrinted(page, commands.get(i), service.asDocumented(printed));
      }
    }
  }

  private static void assertPrinted(Page page, Commands commands, String printed) {
    Expected expected = commands.expected();
    String place = page + ":" + commands.fence().line();
    if (expected == null) {
      assertThat(printed).as("%s prints this, and the page does not say so", place).isBlank();
    } else {
      assertThat(expected.matches(printed))
          .as("%s should print%n%s%nbut prints%n%s", place, expected.text(), printed)
          .isTrue();
    }
  }

  @Test
  void runPrintsTheThreeLinesOfTheReadme() {
    Fence three = Page.read(Path.of("README.md")).commands().get(1).fence();

    assertThat(service.printed()).contains(three.joined());
  }
}
