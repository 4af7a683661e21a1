package dev.rekey.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.platform.Values;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A random filter of a request, and what meets it. Immutable. */
public record RandomFilter(Map<FilterField, WantedValues> wanted) {

  /** Each field is in the filter once in so many times. */
  public static RandomFilter of(List<FilterField> fields, int outOf, Random random) {
    var wanted = new LinkedHashMap<FilterField, WantedValues>();
    for (FilterField field : fields) {
      if (random.nextInt(outOf) == 0) {
        wanted.put(field, field.some(random));
      }
    }
    return new RandomFilter(wanted);
  }

  /** Whether something meets the filter. The function returns the value of a field by its name. */
  public boolean includes(Function<String, @Nullable String> value) {
    return wanted.entrySet().stream()
        .allMatch(one -> one.getKey().isMet(one.getValue(), value.apply(one.getKey().name())));
  }

  /** The query parameters, each with an {@code &} in front. */
  public String parameters() {
    return wanted.entrySet().stream()
        .flatMap(
            one ->
                one.getKey().parameters(one.getValue()).stream()
                    .map(text -> "&" + one.getKey().name() + "=" + URLEncoder.encode(text, UTF_8)))
        .collect(Collectors.joining());
  }

  /** The values of a field, as Rekey gets them; null if it is not in the filter. */
  public @Nullable Values values(String name) {
    return wanted.entrySet().stream()
        .filter(one -> one.getKey().name().equals(name))
        .map(one -> new Values(one.getValue().sent()))
        .findFirst()
        .orElse(null);
  }
}
