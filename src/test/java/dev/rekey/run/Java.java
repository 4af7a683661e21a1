package dev.rekey.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the JDK of the tests as a separate process. */
public final class Java {

  private Java() {}

  /**
   * Prepares a process with these arguments. Its environment consists of these variables and the
   * few from this process that every program needs.
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
