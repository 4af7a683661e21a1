package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a page says what runs, and where its commands stand in the script. */
class PageTest {

  @Test
  void everyShellBlockRunsUnlessReasonIsGiven() {
    Page page =
        page(
            """
            # Title

            ```sh
            one
            ```

            <!-- not run: needs a cluster -->

            ```sh
            two
            ```

            ```json
            {}
            ```
            """);

    assertThat(page.commands())
        .extracting(Commands::notRun)
        .containsExactly(null, "needs a cluster");
  }

  @Test
  void outputIsBlockOrCommentThatFollows() {
    Page page =
        page(
            """
            # Title

            ```sh
            one
            ```

            ```text
            1
            ```

            ```sh
            two
            ```

            <!-- prints: 2 -->

            ```sh
            three
            ```

            Text.

            ```text
            not the output of three
            ```
            """);

    assertThat(page.commands())
        .extracting(commands -> commands.expected() == null ? null : commands.expected().text())
        .containsExactly("1", "2", null);
  }

  @Test
  void commandsKeepTheirLinesInTheScript() {
    Page page =
        page(
            """
            # Title

            <!-- before: setting=1 -->

            1. A list:

               ```sh
               one
                 indented
               ```
            """);

    List<String> script = Script.of(page).lines().toList();

    assertThat(script.get(7)).isEqualTo("one");
    assertThat(script.get(8)).isEqualTo("  indented");
  }

  @Test
  void hiddenCommandsRunBeforeTheirBlock() {
    Page page =
        page(
            """
            # Title

            <!-- before:
            setting=1
            -->

            ```sh
            one
            ```
            """);

    assertThat(Script.of(page).lines().toList()).contains("setting=1", "one");
  }

  @Test
  void scriptsInYamlRunWhereThePageSaysSo() {
    Page page =
        page(
            """
            # Title

            <!-- runs: as a job does -->

            ```yaml
            on: push
            steps:
              - uses: checkout
              - run: |
                  one
                    two
              - name: other
            ```
            """);

    assertThat(page.commands().getFirst().lines())
        .containsExactly("", "", "", "", "one", "  two", "");
  }

  private static Page page(String text) {
    return Page.of(Path.of("page.md"), text.lines().toList());
  }
}
