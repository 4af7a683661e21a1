package dev.rekey.grafana;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The path and query that the data source sends. It reads the query of the URL, adds the other
 * parameters, and encodes all of them, sorted by name, like Go's {@code url.Values}.
 */
final class Address {

  private Address() {}

  static String of(InfinityQuery query, Interpolation values, @Nullable String cursor) {
    String url = values.replace(query.url());
    int mark = url.indexOf('?');
    List<InfinityQuery.Param> params =
        new ArrayList<>(mark < 0 ? List.of() : read(url.substring(mark + 1)));
    for (InfinityQuery.Param param : query.params()) {
      params.add(new InfinityQuery.Param(param.name(), values.replace(param.value()).strip()));
    }
    if (cursor != null) {
      params.add(new InfinityQuery.Param("cursor", cursor));
    }
    String path = mark < 0 ? url : url.substring(0, mark);
    return params.isEmpty() ? path : path + "?" + encoded(params);
  }

  // Go skips what is empty between two ampersands.
  private static List<InfinityQuery.Param> read(String query) {
    return List.of(query.split("&", -1)).stream()
        .filter(pair -> !pair.isEmpty())
        .map(pair -> pair.split("=", 2))
        .map(
            pair ->
                new InfinityQuery.Param(decoded(pair[0]), decoded(pair.length > 1 ? pair[1] : "")))
        .toList();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String encoded(List<InfinityQuery.Param> params) {
    return params.stream()
        .sorted(Comparator.comparing(InfinityQuery.Param::name))
        .map(param -> encoded(param.name()) + "=" + encoded(param.value()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
