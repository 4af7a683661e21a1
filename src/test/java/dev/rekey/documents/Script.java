package dev.rekey.documents;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All commands of a page as one script for Bash. Each command is at the line that it has in the
 * page, so messages of Bash name the page's lines.
 */
final class Script {

  /** Precedes the position of a block in the output. */
  static final String MARK = "\036";

  /** The script ends at the first command that fails, also in the middle of a pipe. */
  private static final String STRICT =
      "set -Eeuo pipefail; trap 'echo \"line $LINENO: exit $?: $BASH_COMMAND\" >&2' ERR";

  private final List<String> lines;

  private Script(Page page) {
    lines = new ArrayList<>(Collections.nCopies(page.lines().size() + 1, ""));
    lines.set(0, STRICT);
  }

  static String of(Page page) {
    var script = new Script(page);
    List<Commands> commands = page.commands();
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).isRun()) {
        script.add(commands.get(i), i);
      }
    }
    return String.join("\n", script.lines) + "\n";
  }

  private void add(Commands commands, int position) {
    commands.before().forEach(comment -> set(comment.line(), comment.text()));
    Fence fence = commands.fence();
    set(fence.line(), List.of(mark("" + position) + (commands.fails() ? "; set +e" : "")));
    set(fence.line() + 1, commands.lines());
    String check = commands.fails() ? "[ $? -ne 0 ] || exit 99; set -e; " : "";
    set(fence.end(), List.of(check + mark("")));
  }

  private static String mark(String position) {
    return "printf '\\036%s\\n' '" + position + "'";
  }

  private void set(int line, List<String> text) {
    for (int i = 0; i < text.size(); i++) {
      lines.set(line - 1 + i, text.get(i));
    }
  }
}
