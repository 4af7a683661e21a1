package dev.rekey.run;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The process that {@code mvn spring-boot:test-run} starts, without Maven. */
public final class SandboxRunProcess {

  private SandboxRunProcess() {}

  /** Prepares it with these environment variables. Its output has error lines, too. */
  public static ProcessBuilder with(Map<String, String> environment) {
    var arguments =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED"));
    for (String property : List.of(EmbeddedServer.SHARED, PostgresServer.MAJOR)) {
      String value = System.getProperty(property);
      if (value != null) {
        arguments.add("-D" + property + "=" + value);
      }
    }
    arguments.addAll(List.of("-cp", classPath(), SandboxRun.class.getName()));
    return Java.with(arguments, environment).redirectErrorStream(true);
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
