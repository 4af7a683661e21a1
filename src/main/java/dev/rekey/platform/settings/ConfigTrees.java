package dev.rekey.platform.settings;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Reads the directories of files that Spring Boot imported as config trees. Their contents are maps
 * from directory to property to text.
 */
final class ConfigTrees {

  private static final Logger log = LoggerFactory.getLogger(ConfigTreeReloader.class);

  private final ConfigurableEnvironment environment;
  private final Set<String> reported = new HashSet<>();
  private Set<String> lastMissing = Set.of();

  ConfigTrees(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  /** The values that Spring Boot read at the start. The files may have changed since. */
  Map<String, Map<String, String>> atStart() {
    return directories().stream()
        .collect(Collectors.toMap(ConfigTreePropertySource::getName, ConfigTrees::texts));
  }

  /** Reads the files. An empty, missing or unreadable file keeps the text that is in use. */
  Map<String, Map<String, String>> read(Map<String, Map<String, String>> inUse) {
    var read = new HashMap<String, Map<String, String>>();
    var missing = new HashSet<String>();
    for (ConfigTreePropertySource directory : directories()) {
      var texts = new TreeMap<>(textsNow(directory));
      inUse
          .getOrDefault(directory.getName(), Map.of())
          .forEach(
              (name, text) -> {
                if (texts.getOrDefault(name, "").isBlank() && !text.isBlank()) {
                  missing.add(name);
                  texts.put(name, text);
                }
              });
      read.put(directory.getName(), texts);
    }
    report(missing);
    return read;
  }

  // Only files that were missing in the last poll too: a file is empty before it is written.
  private void report(Set<String> missing) {
    reported.retainAll(missing);
    for (String name : missing) {
      if (lastMissing.contains(name) && reported.add(name)) {
        log.warn("The file of {} is empty or unreadable; its old value stays in use", name);
      }
    }
    lastMissing = missing;
  }

  /** A binder of the environment's properties, with these texts for those of the directories. */
  Binder binder(Map<String, Map<String, String>> texts, @Nullable BindHandler handler) {
    var all = new MutablePropertySources();
    for (PropertySource<?> source : environment.getPropertySources()) {
      Map<String, String> ofDirectory = texts.get(source.getName());
      if (ofDirectory != null) {
        all.addLast(new MapPropertySource(source.getName(), Map.copyOf(ofDirectory)));
      } else if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
        all.addLast(source);
      }
    }
    return new Binder(
        ConfigurationPropertySources.from(all),
        new PropertySourcesPlaceholdersResolver(all),
        null,
        null,
        handler);
  }

  private List<ConfigTreePropertySource> directories() {
    return environment.getPropertySources().stream()
        .filter(ConfigTreePropertySource.class::isInstance)
        .map(ConfigTreePropertySource.class::cast)
        .toList();
  }

  private static Map<String, String> textsNow(ConfigTreePropertySource directory) {
    try {
      return texts(
          new ConfigTreePropertySource(
              directory.getName(),
              directory.getSource(),
              ConfigTreePropertySource.Option.AUTO_TRIM_TRAILING_NEW_LINE));
    } catch (RuntimeException _) {
      return Map.of(); // It is missing, perhaps while it is replaced.
    }
  }

  private static Map<String, String> texts(ConfigTreePropertySource directory) {
    var texts = new TreeMap<String, String>();
    for (String name : directory.getPropertyNames()) {
      try {
        texts.put(name, String.valueOf(directory.getProperty(name)));
      } catch (RuntimeException _) {
        // An unreadable file counts as missing.
      }
    }
    return texts;
  }
}
