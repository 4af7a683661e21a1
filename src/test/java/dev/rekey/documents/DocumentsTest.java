package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a page needs so that its commands run on every machine, and its links lead somewhere. */
class DocumentsTest {

  private static final Set<String> LANGUAGES =
      Set.of(
          "sh",
          "text",
          "json",
          "yaml",
          "env",
          "ini",
          "properties",
          "http",
          "sql",
          "java",
          "python",
          "ts",
          "go",
          "hcl");
  private static final Set<String> COMMENTS =
      Set.of("not run", "before", "fails", "prints", "runs", "file");

  /** GNU's date, BSD's date, aliases, comments for zsh, and what a reader would have to fill in. */
  private static final List<String> UNPORTABLE =
      List.of(
          "date [^|;)]*-d", "date [^|;)]*-v", "alias ", "(^|\\s)# ", "…", "sed -i", "<[a-z-]+>");

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]*)\\)");
  private static final Pattern JAVA = Pattern.compile("java[^`\n]* -jar rekey\\.jar");

  static List<Page> pages() {
    return Page.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockHasLanguageThatIsTested(Page page) {
    assertThat(page.fences())
        .filteredOn(fence -> !LANGUAGES.contains(fence.language()))
        .extracting(fence -> page + ":" + fence.line() + " " + fence.language())
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommentIsKnownAndEveryReasonIsGiven(Page page) {
    assertThat(page.elements().stream().filter(Comment.class::isInstance).map(Comment.class::cast))
        .allSatisfy(
            comment -> {
              assertThat(comment.kind()).as("%s:%s", page, comment.line()).isIn(COMMENTS);
              if (comment.is("not run")) {
                assertThat(comment.joined()).as("%s:%s", page, comment.line()).isNotBlank();
              }
            });
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandThatRunsIsPortableAndComplete(Page page) {
    for (Commands commands : page.commands()) {
      if (commands.isRun()) {
        for (String unportable : UNPORTABLE) {
          assertThat(commands.fence().text())
              .as("%s:%s", page, commands.fence().line())
              .noneMatch(line -> Pattern.compile(unportable).matcher(line).find());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Page page) {
    String text = String.join("\n", page.lines());

    assertThat(LINK.matcher(text).results().map(found -> found.group(1)))
        .filteredOn(link -> !link.contains("://") && !leadsSomewhere(page, link))
        .isEmpty();
  }

  private static boolean leadsSomewhere(Page page, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page.path() : page.path().resolveSibling(file).normalize();
    return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
  }

  /** The anchors that GitHub makes of headings. */
  private static Set<String> anchors(Path page) {
    return Page.read(page).lines().stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** Rekey exits when its memory is full, however it is started. */
  @Test
  void everyDocumentedCommandExitsWithoutMemory() throws IOException {
    Stream<String> commands =
        pages().stream()
            .flatMap(page -> JAVA.matcher(String.join("\n", page.lines())).results())
            .map(MatchResult::group);

    assertThat(commands)
        .isNotEmpty()
        .allMatch(command -> command.contains("-XX:+ExitOnOutOfMemoryError"));
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern("<jvmArguments>.*-XX:\\+ExitOnOutOfMemoryError.*</jvmArguments>");
  }
}
