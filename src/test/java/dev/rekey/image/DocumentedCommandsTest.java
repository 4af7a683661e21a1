package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rekey exits when its memory is full, however it is started. */
class DocumentedCommandsTest {

  private static final Pattern COMMAND = Pattern.compile("java[^`\n]* -jar rekey\\.jar");

  @Test
  void everyDocumentedCommandExitsWithoutMemory() throws IOException {
    List<String> commands = commands();

    assertThat(commands)
        .isNotEmpty()
        .allMatch(each -> each.contains("-XX:+ExitOnOutOfMemoryError"));
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern("<jvmArguments>.*-XX:\\+ExitOnOutOfMemoryError.*</jvmArguments>");
  }

  private static List<String> commands() throws IOException {
    try (Stream<Path> documents = Files.list(Path.of("docs"))) {
      return Stream.concat(documents, Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")))
          .flatMap(document -> COMMAND.matcher(read(document)).results())
          .map(MatchResult::group)
          .toList();
    }
  }

  private static String read(Path document) {
    try {
      return Files.readString(document);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
