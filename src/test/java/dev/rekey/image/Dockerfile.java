package dev.rekey.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** The instructions of the Dockerfile. */
final class Dockerfile {

  /** The stage of Rekey's image. */
  static final String SERVICE = "rekey";

  static final String SANDBOX = "sandbox";

  private static final Path FILE = Path.of("Dockerfile");
  private static final Pattern INSTRUCTION = Pattern.compile("(?m)^([A-Z]+) (.*)$");
  private static final Pattern FROM = Pattern.compile("(\\S+) AS (\\S+)");
  private static final List<Instruction> INSTRUCTIONS = read();

  private Dockerfile() {}

  /**
   * One of its instructions.
   *
   * @param stage the stage that contains it
   * @param text its arguments, on one line
   */
  record Instruction(String stage, String name, String text) {

    boolean hasExecForm() {
      return text.contains("[");
    }

    /** The words of its exec form. */
    List<String> words() {
      return List.of(
          JsonMapper.shared().readValue(text.substring(text.indexOf('[')), String[].class));
    }
  }

  private static List<Instruction> read() {
    var instructions = new ArrayList<Instruction>();
    String stage = "";
    Matcher lines = INSTRUCTION.matcher(text().replaceAll("\\s*\\\\\n\\s*", " "));
    while (lines.find()) {
      stage = lines.group(1).equals("FROM") ? FROM.matcher(lines.group(2)).replaceAll("$2") : stage;
      instructions.add(new Instruction(stage, lines.group(1), lines.group(2)));
    }
    return List.copyOf(instructions);
  }

  private static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Instruction> all(String name) {
    return INSTRUCTIONS.stream().filter(each -> each.name().equals(name)).toList();
  }

  /** The instructions of a stage and of the stages that it is based on, in order of execution. */
  static List<Instruction> leadingTo(String stage, String name) {
    var found = new ArrayList<Instruction>();
    String base = baseOf(stage);
    if (all("FROM").stream().anyMatch(from -> from.stage().equals(base))) {
      found.addAll(leadingTo(base, name));
    }
    all(name).stream().filter(each -> each.stage().equals(stage)).forEach(found::add);
    return found;
  }

  static Instruction one(String stage, String name) {
    return leadingTo(stage, name).getLast();
  }

  /** The base of a stage: another stage or an external image. */
  static String baseOf(String stage) {
    return all("FROM").stream()
        .filter(from -> from.stage().equals(stage))
        .map(from -> FROM.matcher(from.text()).replaceAll("$1"))
        .findFirst()
        .orElseThrow();
  }
}
