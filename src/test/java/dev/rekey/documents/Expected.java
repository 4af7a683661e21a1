package dev.rekey.documents;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The output of commands, as a page shows it. {@code …} stands for any text, and in a line of its
 * own for any lines. A time stands for any time, and a UUID for any UUID. In JSON, white space does
 * not matter.
 */
record Expected(String text, boolean isJson) {

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";
  private static final Pattern VARIABLE =
      Pattern.compile(
          "(?<tail>\\n…\\z)|(?<lines>(?m:^)…(?:\\n|\\z))|(?<any>…)|(?<id>"
              + UUID
              + ")|(?<time>"
              + TIME
              + ")");
  private static final Pattern SPACE_OR_STRING =
      Pattern.compile("\\s+|(\"(?:[^\"\\\\]|\\\\.)*\")", Pattern.DOTALL);

  /** Null if this part of a page shows no output. */
  static @Nullable Expected of(Element element) {
    return switch (element) {
      case Fence fence when fence.is("json") -> new Expected(fence.joined(), true);
      case Fence fence when fence.is("text") -> new Expected(fence.joined(), false);
      case Comment comment when comment.is("prints") -> new Expected(comment.joined(), false);
      case Fence _, Comment _, Element.Prose _ -> null;
    };
  }

  boolean matches(String output) {
    String expected = isJson ? withoutSpace(text) : text.strip();
    String actual = isJson ? withoutSpace(output) : lines(output).strip();
    return Pattern.compile(pattern(expected)).matcher(actual).matches();
  }

  /** Ends the lines of HTTP headers as all others. */
  private static String lines(String output) {
    return output.replace("\r\n", "\n");
  }

  private static String withoutSpace(String json) {
    return SPACE_OR_STRING
        .matcher(json)
        .replaceAll(
            found -> found.group(1) == null ? "" : Matcher.quoteReplacement(found.group(1)));
  }

  private static String pattern(String expected) {
    var pattern = new StringBuilder();
    int end = 0;
    for (MatchResult found : VARIABLE.matcher(expected).results().toList()) {
      pattern.append(Pattern.quote(expected.substring(end, found.start())));
      pattern.append(variable(found));
      end = found.end();
    }
    return pattern.append(Pattern.quote(expected.substring(end))).toString();
  }

  private static String variable(MatchResult found) {
    if (found.group("tail") != null) {
      return "(?s:\\n.*)?";
    }
    if (found.group("lines") != null) {
      return "(?s:.*?\\n)??";
    }
    if (found.group("any") != null) {
      return ".*?";
    }
    return found.group("id") != null ? UUID : TIME;
  }
}
