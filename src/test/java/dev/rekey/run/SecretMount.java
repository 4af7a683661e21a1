package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.ConfigTreePropertySource.Option;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * A directory of files that change atomically, as the kubelet mounts them: each file is a link into
 * {@code ..data}, which is a link that is replaced.
 */
public final class SecretMount {

  private final Path directory;
  private final Map<String, String> files = new LinkedHashMap<>();

  public SecretMount(Path directory) {
    this.directory = directory;
  }

  public Path directory() {
    return directory;
  }

  /** Merges the given settings with those that point to the files. */
  public ConfigurableEnvironment environment(Map<String, Object> more) {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.addLast(
        new ConfigTreePropertySource("mount", directory, Option.AUTO_TRIM_TRAILING_NEW_LINE));
    sources.addLast(new MapPropertySource("more", more));
    return environment;
  }

  /** Adds files to the existing ones. */
  public void put(Map<String, String> changed) {
    files.putAll(changed);
    try {
      Path data = Files.createDirectories(directory.resolve(".." + UUID.randomUUID()));
      for (var file : files.entrySet()) {
        Files.writeString(data.resolve(file.getKey()), file.getValue());
      }
      Path next = directory.resolve("..data_tmp");
      Files.createSymbolicLink(next, data.getFileName());
      Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      for (String name : files.keySet()) {
        Path link = directory.resolve(name);
        if (!Files.isSymbolicLink(link)) {
          Files.createSymbolicLink(link, Path.of("..data", name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
