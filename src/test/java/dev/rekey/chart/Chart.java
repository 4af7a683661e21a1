package dev.rekey.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Renders and lints the chart with Helm's own library. Needs no installed helm. */
final class Chart {

  static final Path DIRECTORY = Path.of("helm/rekey");
  static final Path MINIMAL = DIRECTORY.resolve("ci/minimal-values.yaml");
  static final Path TEST = Path.of("templates/tests/connection.yaml");
  static final String RELEASE = "blue";
  static final String NAMESPACE = "credentials";

  private static final String KUBERNETES = "1.34.0";
  private static final String HOOK =
      "$hook := dict \"helm.sh/hook\" \"test\""
          + " \"helm.sh/hook-delete-policy\" \"before-hook-creation,hook-succeeded\" }}";
  private static final String LOOKUP = "lookup \"apps/v1\" \"Deployment\" .Release.Namespace";
  private static final String IS_OPENSHIFT =
      ".context.Capabilities.APIVersions.Has \"security.openshift.io/v1\"";
  private static final Path OFFLINE = offline();
  private static final Path ON_OPENSHIFT = onOpenShift();

  private Chart() {}

  /** The example values files, one for each way to install the chart. */
  static List<Path> scenarios() {
    return files(DIRECTORY.resolve("ci"));
  }

  // Helm's library does not render hooks, so this copy has the test pod without its hook
  // annotations.
  // And unlike helm template, the library would connect to a cluster for a lookup.
  private static Path offline() {
    try {
      Path copy = copy(temporary());
      replace(copy.resolve(TEST), HOOK, "$hook := dict }}");
      lookupReturns(copy, "");
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // The library cannot be told which APIs a cluster has.
  private static Path onOpenShift() {
    try {
      Path copy = temporary().resolve("rekey");
      FileSystemUtils.copyRecursively(OFFLINE, copy);
      replace(copy.resolve("templates/_helpers.tpl"), IS_OPENSHIFT, "true");
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary() throws IOException {
    Path directory = Files.createTempDirectory("rekey-chart");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile())));
    return directory;
  }

  /** Makes the lookup in a copy of the chart return a map with these fields. */
  static void lookupReturns(Path copy, String fields) throws IOException {
    replace(copy.resolve("templates/deployment.yaml"), LOOKUP, "dict " + fields + " \"of\"");
  }

  private static void replace(Path template, String part, String other) throws IOException {
    String text = Files.readString(template);
    if (!text.contains(part)) {
      throw new AssertionError(template + " no longer contains " + part);
    }
    Files.writeString(template, text.replace(part, other));
  }

  static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Later files override earlier ones. Throws with Helm's message if it refuses the values. */
  static Rendered render(Path... values) {
    return renderFrom(OFFLINE, values);
  }

  /** As a cluster of OpenShift would. */
  static Rendered renderOnOpenShift(Path... values) {
    return renderFrom(ON_OPENSHIFT, values);
  }

  static Rendered renderFrom(Path chart, Path... values) {
    return render(chart, NAMESPACE, values);
  }

  /** As a release in another namespace. */
  static Rendered renderIn(String namespace, Path... values) {
    return render(OFFLINE, namespace, values);
  }

  private static Rendered render(Path chart, String namespace, Path... values) {
    var template =
        new Helm(chart)
            .template()
            .withName(RELEASE)
            .withNamespace(namespace)
            .withKubeVersion(KUBERNETES);
    for (Path file : values) {
      template.withValuesFile(file);
    }
    return Rendered.of(template.call());
  }

  /** The notes that Helm prints after an installation. */
  static String notes(Path... values) {
    var install =
        new Helm(OFFLINE)
            .install()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES)
            .clientOnly()
            .dryRun();
    for (Path file : values) {
      install.withValuesFile(file);
    }
    return install.call().getOutput();
  }

  /**
   * Lints strictly, with the values merged into the chart's, because the library accepts no others.
   */
  static LintResult lint(Path scratch, Path... values) {
    Path copy = copy(scratch);
    Map<String, Object> all = yaml(copy.resolve("values.yaml"));
    for (Path file : values) {
      all = merged(all, yaml(file));
    }
    write(copy.resolve("values.yaml"), all);
    return new Helm(copy).lint().strict().call();
  }

  /** A copy that a test may change. */
  static Path copy(Path scratch) {
    try {
      Path copy = scratch.resolve("rekey");
      FileSystemUtils.copyRecursively(DIRECTORY, copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Object> yaml(Path file) {
    try {
      return parser().load(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rejects duplicate keys. */
  static Yaml parser() {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(options));
  }

  static void write(Path file, Map<String, Object> yaml) {
    try {
      Files.writeString(file, new Yaml().dump(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Like Helm: merges maps, removes a value that is null, replaces everything else.
  @SuppressWarnings("unchecked")
  private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> changes) {
    var merged = new LinkedHashMap<>(base);
    changes.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> map && base.get(key) instanceof Map<?, ?> other) {
            merged.put(key, merged((Map<String, Object>) other, (Map<String, Object>) map));
          } else if (value == null) {
            merged.remove(key);
          } else {
            merged.put(key, value);
          }
        });
    return merged;
  }
}
