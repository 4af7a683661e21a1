package dev.rekey.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares docs/problems.md with the catalogue. */
class ProblemCatalogueTest {

  private static final Path DOCUMENT = Path.of("docs/problems.md");
  private static final Path PAGES = Path.of("src/main/resources/problems.md");

  @Test
  void documentHasEveryProblemInOrderWithItsStatusCodeAndTitle() throws IOException {
    List<String> documented = rows().stream().map(ProblemCatalogueTest::facts).toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemCatalogueTest::facts).toList());
  }

  @Test
  void documentSaysWhenEachHappensAndWhatToDo() throws IOException {
    assertThat(rows())
        .allSatisfy(
            cells -> {
              assertThat(cells).hasSize(6);
              assertThat(cells.get(4)).as(cells.getFirst()).endsWith(".");
              assertThat(cells.get(5)).as(cells.getFirst()).endsWith(".");
            });
  }

  @Test
  void pagesHaveTheTextsOfTheDocument() throws IOException {
    assertThat(Files.readAllLines(PAGES).stream().filter(line -> line.startsWith("| `")))
        .containsExactlyElementsOf(
            Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("| `")).toList());
  }

  private static List<List<String>> rows() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(1, line.length() - 1).split("\\|"))
        .map(cells -> Arrays.stream(cells).map(String::strip).toList())
        .toList();
  }

  private static String facts(List<String> cells) {
    return String.join(" | ", cells.subList(0, 4));
  }

  private static String facts(ProblemType type) {
    int status = type.status().value();
    return "`%s` | %d | %d | %s"
        .formatted(type.slug(), status, type.grpcCode(status), type.title());
  }
}
