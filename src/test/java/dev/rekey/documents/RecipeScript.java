package dev.rekey.documents;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A script that a page lets readers save, in its own directory. */
final class RecipeScript {

  private static final Path STAND_INS = Path.of("src", "test", "documents", "bin");

  private final String name;
  private final Path directory;
  private final Map<String, String> environment;

  /** Writes the script into the directory. */
  RecipeScript(Path page, String name, Path directory, Map<String, String> environment)
      throws IOException {
    this.name = name;
    this.directory = directory;
    this.environment = environment;
    Files.writeString(
        Files.createDirectories(directory).resolve(name),
        Page.read(page).files().get(name).joined() + "\n");
  }

  /** The output goes to the file {@code log}. Programs in {@code bin} come first. */
  Process start() throws IOException {
    var builder =
        new ProcessBuilder("sh", name)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    builder.environment().putAll(environment);
    builder
        .environment()
        .put(
            "PATH",
            String.join(
                File.pathSeparator,
                directory.resolve("bin").toString(),
                STAND_INS.toAbsolutePath().toString(),
                System.getenv("PATH")));
    return builder.start();
  }

  /** Runs it to its end, and returns its exit status. */
  int run() throws IOException, InterruptedException {
    return start().waitFor();
  }

  /** Puts a program into {@code bin}. */
  void program(String program, String text) throws IOException {
    Path file = Files.createDirectories(directory.resolve("bin")).resolve(program);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  /** Kills the script and its children with SIGKILL, as a supervisor does. */
  static void kill(Process script) throws IOException, InterruptedException {
    // A stopped shell starts no more children.
    new ProcessBuilder("kill", "-STOP", "" + script.pid()).start().waitFor();
    List<ProcessHandle> children = script.descendants().toList();
    children.forEach(ProcessHandle::destroyForcibly);
    script.destroyForcibly();
    script.waitFor();
    for (ProcessHandle child : children) {
      child.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
