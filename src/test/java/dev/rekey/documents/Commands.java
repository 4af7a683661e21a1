package dev.rekey.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block of commands, with the comments that say how the test treats it. CONTRIBUTING.md explains
 * them.
 *
 * @param notRun why it cannot run here; null if it runs
 * @param before commands that run before it, which readers do not see
 * @param fails whether its last command fails
 * @param expected its output; null if the page shows none
 */
record Commands(
    Fence fence,
    @Nullable String notRun,
    List<Comment> before,
    boolean fails,
    @Nullable Expected expected) {

  private static final Pattern SCRIPT = Pattern.compile("\\s*(- )?(run|script|args)?:? ?\\|");

  /** Empty if the fence has no commands. */
  static Optional<Commands> of(Fence fence, List<Comment> comments, Element next) {
    boolean runs = has(comments, "runs") || (fence.is("sh") && !has(comments, "file"));
    if (!runs) {
      return Optional.empty();
    }
    return Optional.of(
        new Commands(
            fence,
            comments.stream()
                .filter(comment -> comment.is("not run"))
                .map(Comment::joined)
                .findFirst()
                .orElse(null),
            comments.stream().filter(comment -> comment.is("before")).toList(),
            has(comments, "fails"),
            Expected.of(next)));
  }

  private static boolean has(List<Comment> comments, String kind) {
    return comments.stream().anyMatch(comment -> comment.is(kind));
  }

  boolean isRun() {
    return notRun == null;
  }

  /**
   * Its lines, each at its own position. Of YAML only the scripts are left, such as those of {@code
   * run: |}; all other lines are empty.
   */
  List<String> lines() {
    return fence.is("sh") ? fence.text() : scripts();
  }

  private List<String> scripts() {
    var lines = new ArrayList<String>();
    int script = -1;
    int indent = -1;
    for (String line : fence.text()) {
      int depth = line.length() - line.stripLeading().length();
      if (script >= 0 && !line.isBlank() && depth <= script) {
        script = -1;
      }
      if (script >= 0) {
        indent = indent < 0 ? depth : indent;
        lines.add(line.isBlank() ? "" : line.substring(indent));
      } else {
        lines.add("");
        script = SCRIPT.matcher(line).matches() ? depth : -1;
        indent = -1;
      }
    }
    return lines;
  }
}
