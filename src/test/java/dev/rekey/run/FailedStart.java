package dev.rekey.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A production start that is expected to fail.
 *
 * @param said its output, without the lines that announce the start
 */
public record FailedStart(int exit, List<String> said) {

  /** Returns when the process has exited. */
  public static FailedStart with(Map<String, String> properties) {
    return in(RekeyProcess.environment(properties));
  }

  /** Same, with settings that are environment variables already. */
  public static FailedStart in(Map<String, String> variables) {
    var environment = new HashMap<>(variables);
    environment.put("SERVER_PORT", "0");
    environment.put("MANAGEMENT_SERVER_PORT", "0");
    var run = JarRun.within(Duration.ofMinutes(2), environment);
    return new FailedStart(run.exit(), run.said().stream().filter(FailedStart::says).toList());
  }

  private static boolean says(String line) {
    return !line.contains(" INFO ")
        && !line.contains("\"level\":\"INFO\"")
        && !line.contains("This is a sandbox")
        // The JVM says so.
        && !line.startsWith("Picked up JAVA_TOOL_OPTIONS");
  }
}
