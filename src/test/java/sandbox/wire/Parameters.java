package sandbox.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decoded names and values of a query or a form. Repeated names are kept. */
public final class Parameters {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private Parameters() {}

  /**
   * Null is the same as empty.
   *
   * @throws IllegalArgumentException if the percent-encoding is broken
   */
  public static Parameters parse(@Nullable String encoded) {
    var parameters = new Parameters();
    Stream.of(encoded == null ? new String[0] : encoded.split("&", -1))
        .filter(pair -> !pair.isEmpty())
        .forEach(parameters::add);
    return parameters;
  }

  private void add(String pair) {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals);
    String value = equals < 0 ? "" : pair.substring(equals + 1);
    values
        .computeIfAbsent(URLDecoder.decode(name, UTF_8), _ -> new ArrayList<>())
        .add(URLDecoder.decode(value, UTF_8));
  }

  public Set<String> names() {
    return values.keySet();
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  public boolean repeats(String name) {
    return all(name).size() > 1;
  }
}
