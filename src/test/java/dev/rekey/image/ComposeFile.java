package dev.rekey.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The compose file, with the defaults of its variables. */
final class ComposeFile {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
  private static final Map<String, Object> FILE = read();

  private ComposeFile() {}

  private static Map<String, Object> read() {
    try {
      String text = Files.readString(Path.of("docker-compose.yml"));
      return parser().load(VARIABLE.matcher(text).replaceAll("$1"));
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

  /** All services by name. */
  static Map<String, Map<String, Object>> services() {
    var services = new LinkedHashMap<String, Map<String, Object>>();
    Map<String, Object> all = map(FILE, "services");
    all.keySet().forEach(name -> services.put(name, map(all, name)));
    return services;
  }

  static Map<String, Object> service(String name) {
    return map(map(FILE, "services"), name);
  }

  /** A service's variables. */
  static Map<String, String> environment(String service) {
    var environment = new LinkedHashMap<String, String>();
    map(service(service), "environment")
        .forEach((name, value) -> environment.put(name, value.toString()));
    return environment;
  }

  /** A member that is a map; empty if there is none. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Map<String, Object> parent, String member) {
    return (Map<String, Object>) parent.getOrDefault(member, Map.of());
  }

  /** A member that is a list of texts; empty if there is none. */
  @SuppressWarnings("unchecked")
  static List<String> list(Map<String, Object> parent, String member) {
    return (List<String>) parent.getOrDefault(member, List.of());
  }
}
