package dev.rekey.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The settings in the rendered application.yaml, as Spring Boot reads them. */
final class Settings {

  private final EnumerablePropertySource<?> properties;

  private Settings(EnumerablePropertySource<?> properties) {
    this.properties = properties;
  }

  static Settings of(Rendered rendered) {
    var yaml = new ByteArrayResource(rendered.configuration().getBytes(StandardCharsets.UTF_8));
    try {
      return new Settings(
          (EnumerablePropertySource<?>)
              new YamlPropertySourceLoader().load("the chart's", yaml).getFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  EnumerablePropertySource<?> properties() {
    return properties;
  }

  Set<String> names() {
    return Set.copyOf(Arrays.asList(properties.getPropertyNames()));
  }

  String get(String name) {
    Object value = properties.getProperty(name);
    return value == null ? null : value.toString();
  }

  /** The elements of a list. */
  List<String> all(String name) {
    return names().stream()
        .filter(key -> key.startsWith(name + "["))
        .sorted()
        .map(key -> String.valueOf(get(key)))
        .toList();
  }

  long seconds(String name) {
    return DurationStyle.detectAndParse(String.valueOf(get(name))).toSeconds();
  }
}
