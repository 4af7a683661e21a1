package dev.rekey.chaos;

import static org.awaitility.Awaitility.await;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.StreamSupport;

/**
 * Holds a thread of a running Rekey process at a place in its code, from outside. (A debugger could
 * do the same, but makes a process start three times as slowly.)
 */
final class Gate {

  private static final String PACKAGE = "dev/rekey/chaos/";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Place place;
  private final Path file;

  private Gate(Place place, Path file) {
    this.place = place;
    this.file = file;
  }

  /** Holds the first thread that reaches the place after this has returned. */
  static Gate at(Place place, long process, Path directory) {
    place.requireToExist();
    var gate = new Gate(place, directory.resolve("gate-" + UUID.randomUUID()));
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(process));
      try {
        machine.loadAgent(agent(directory).toString(), gate.arguments());
      } finally {
        machine.detach();
      }
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
      throw new IllegalStateException(e);
    }
  }

  private String arguments() {
    String within = place.within() == null ? "" : place.within();
    return String.join(",", file.toString(), place.type(), place.method(), within);
  }

  private static Path agent(Path directory) throws IOException {
    Path jar = directory.resolve("gate-agent.jar");
    if (!Files.exists(jar)) {
      var manifest = new Manifest();
      var attributes = manifest.getMainAttributes();
      attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
      attributes.putValue("Agent-Class", GateAgent.class.getName());
      attributes.putValue("Can-Retransform-Classes", "true");
      try (var entries = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
        for (Path type : compiled()) {
          entries.putNextEntry(new JarEntry(PACKAGE + type.getFileName()));
          Files.copy(type, entries);
        }
      }
    }
    return jar;
  }

  // The agent with its nested and anonymous classes.
  private static List<Path> compiled() throws IOException {
    try {
      URL agent = Objects.requireNonNull(GateAgent.class.getResource("GateAgent.class"));
      Path classes = Path.of(agent.toURI()).resolveSibling("");
      try (var files = Files.newDirectoryStream(classes, "GateAgent*.class")) {
        return StreamSupport.stream(files.spliterator(), false).toList();
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until a thread is held. */
  void awaitArrival() {
    await().atMost(PATIENCE).alias("arrival at " + place).until(() -> Files.exists(file));
  }

  /** Releases the thread. */
  void open() {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
