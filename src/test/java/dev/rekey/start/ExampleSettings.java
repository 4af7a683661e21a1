package dev.rekey.start;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The settings of a first start, as docs/configuration.md has them. */
final class ExampleSettings {

  private static final Pattern FIRST_START = Pattern.compile("(?s)\\n## First start\\n(.*?)\\n## ");
  private static final Pattern VARIABLE = Pattern.compile("(?m)^ *([A-Z0-9_]+)=(\\S+)$");
  private static final Pattern FILE =
      Pattern.compile("(?<=\\s)(?:rekey|spring)\\.[a-z.]+[a-z-]+(?=\\s)");

  private ExampleSettings() {}

  /** The variables in {@code rekey.env}. */
  static Map<String, String> variables() {
    return VARIABLE
        .matcher(section())
        .results()
        .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
  }

  /** The files in the directory of secrets, which are named like properties. */
  static List<String> files() {
    String listed =
        section().replaceFirst("(?s).*\\n *ls\\n.*?```text", "").replaceFirst("(?s)```.*", "");
    return FILE.matcher(listed).results().map(MatchResult::group).toList();
  }

  private static String section() {
    try {
      var found = FIRST_START.matcher(Files.readString(Path.of("docs/configuration.md")));
      if (!found.find()) {
        throw new IllegalStateException("docs/configuration.md has no first start");
      }
      return found.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
