package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles the sandbox as its image does, apart from the main build. */
class SandboxImageIT {

  private static final Pattern MORE = Pattern.compile("-DincludeArtifactIds=(\\S+)");

  @Test
  void theSandboxCompilesWithTheLibrariesOfItsImage(@TempDir Path classes) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var output = new StringWriter();

    boolean compiled =
        compiler
            .getTask(
                output,
                null,
                null,
                List.of(
                    "-proc:none", "-cp", libraries(), "-d", classes.toString(), "-implicit:none"),
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(sources()))
            .call();

    assertThat(compiled).as(output.toString()).isTrue();
  }

  /** Rekey's libraries, and those that the Dockerfile adds. */
  private static String libraries() throws IOException {
    var more = MORE.matcher(Dockerfile.one("sandbox-dependencies", "RUN").text());
    assertThat(more.find()).isTrue();
    List<String> added = List.of(more.group(1).split(","));
    Set<String> ofRekey = librariesOfRekey();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(
            jar -> {
              String name = jar.getFileName().toString();
              return ofRekey.contains(name)
                  || added.stream().anyMatch(id -> name.matches(id + "-\\d.*\\.jar"));
            })
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Set<String> librariesOfRekey() throws IOException {
    try (var jar = new JarFile(System.getProperty("rekey.jar"))) {
      return jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.startsWith("BOOT-INF/lib/"))
          .map(name -> name.substring("BOOT-INF/lib/".length()))
          .collect(Collectors.toSet());
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java/sandbox"))) {
      return Stream.concat(files, Stream.of(Path.of("src/main/java/dev/rekey/HealthCheck.java")))
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().endsWith("Test.java"))
          .toList();
    }
  }
}
