package dev.rekey.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The JDK that the tests run on, for a process of its own. */
public final class Java {

  private Java() {}

  /**
   * With these arguments. Of this process's environment it has what no program can be without, and
   * otherwise these variables only.
   */
  public static ProcessBuilder with(List<String> arguments, Map<String, String> environment) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
    builder.environment().putAll(environment);
    return builder;
  }
}
