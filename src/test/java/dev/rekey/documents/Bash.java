package dev.rekey.documents;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs pages, each in one Bash in one directory. */
final class Bash {

  /** Programs that pages may use, and that a machine may not have. */
  private static final List<String> PROGRAMS = List.of("curl", "jq", "openssl", "python3");

  private static final Path STAND_INS = Path.of("src", "test", "documents", "bin");

  private final Path directory;
  private final Map<String, String> environment;

  /**
   * @param environment variables for all pages
   */
  Bash(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * A run that has ended.
   *
   * @param output the output of each block of commands, by its position in the page
   * @param errors its standard error
   */
  record Run(int exit, Map<Integer, String> output, String errors) {}

  /** The programs without which the page cannot run here. */
  static List<String> missing(Page page) {
    String script = Script.of(page);
    return Stream.concat(
            Stream.of("bash"),
            PROGRAMS.stream()
                .filter(program -> Pattern.compile("\\b" + program + "\\b").matcher(script).find()))
        .filter(program -> !isInstalled(program))
        .toList();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** The script may run for three minutes, which is long enough for a machine with other work. */
  Run run(Page page, UnaryOperator<String> adapt) throws IOException, InterruptedException {
    for (var file : page.files().entrySet()) {
      String text = adapt.apply(file.getValue().joined()) + "\n";
      Files.writeString(directory.resolve(file.getKey()), text);
    }
    Path script = Files.writeString(directory.resolve("page.sh"), adapt.apply(Script.of(page)));
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    var builder =
        new ProcessBuilder("bash", script.toString())
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().keySet().retainAll(List.of("LANG"));
    builder.environment().put("PATH", path());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(Duration.ofMinutes(3))) {
      process.destroyForcibly();
    }
    return new Run(process.waitFor(), blocks(Files.readString(output)), Files.readString(errors));
  }

  /** The stand-ins and the JDK of the tests come first. */
  private static String path() {
    return String.join(
        File.pathSeparator,
        STAND_INS.toAbsolutePath().toString(),
        Path.of(System.getProperty("java.home"), "bin").toString(),
        System.getenv("PATH"));
  }

  private static Map<Integer, String> blocks(String output) {
    var blocks = new HashMap<Integer, String>();
    for (String part : output.split(Script.MARK, -1)) {
      int end = part.indexOf('\n');
      if (end > 0 && Character.isDigit(part.charAt(0))) {
        blocks.put(Integer.valueOf(part.substring(0, end)), part.substring(end + 1));
      }
    }
    return blocks;
  }
}
