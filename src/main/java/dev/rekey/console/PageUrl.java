package dev.rekey.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.platform.ApiPath;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * The URL of a page with a list, to make links to the same list in another way.
 *
 * @param path with the prefix of a proxy
 * @param query percent-encoded, as it was sent; empty for none
 */
record PageUrl(String path, String query) {

  private static final String CURSOR = "cursor";
  private static final String LIMIT = "limit";

  static PageUrl of(HttpServletRequest request) {
    return new PageUrl(
        new ApiPath(RequestPath.of(request).sent()).seenBy(request),
        Objects.requireNonNullElse(request.getQueryString(), ""));
  }

  /** The next page of the list. */
  public String after(String cursor) {
    return builder().replaceQueryParam(CURSOR, encoded(cursor)).build().toUriString();
  }

  /** The first page of the list with another value of a parameter. */
  public String with(String name, String value) {
    return builder()
        .replaceQueryParam(CURSOR)
        .replaceQueryParam(name, encoded(value))
        .build()
        .toUriString();
  }

  /** The query that finds the same in the same order; empty for everything. */
  public String search() {
    String search = builder().replaceQueryParam(CURSOR).replaceQueryParam(LIMIT).build().getQuery();
    return search == null ? "" : search;
  }

  /** Whether a query finds the same in the same order. */
  public boolean finds(String other) {
    return meaning(search()).equals(meaning(other));
  }

  private UriComponentsBuilder builder() {
    return UriComponentsBuilder.fromPath(path).query(query);
  }

  private static String encoded(String value) {
    return UriUtils.encode(value, UTF_8);
  }

  /** The values of each parameter, however they are spelled. */
  private static Map<String, Set<String>> meaning(String query) {
    var values = new TreeMap<String, Set<String>>();
    parameters(query)
        .forEach(
            (name, sent) ->
                sent.forEach(
                    text ->
                        values
                            .computeIfAbsent(name, _ -> new TreeSet<>())
                            .addAll(Arrays.asList(decoded(text).split(",", -1)))));
    return values;
  }

  private static MultiValueMap<String, String> parameters(String query) {
    return UriComponentsBuilder.newInstance().query(query).build().getQueryParams();
  }

  private static String decoded(@Nullable String text) {
    return text == null ? "" : UriUtils.decode(text.replace('+', ' '), UTF_8);
  }

  /** The parameters of a query that have one of these names, as they were sent. */
  static String only(List<String> names, String query) {
    var kept = UriComponentsBuilder.newInstance();
    parameters(query)
        .forEach(
            (name, values) -> {
              if (names.contains(name)) {
                kept.queryParam(name, values);
              }
            });
    String text = kept.build().getQuery();
    return text == null ? "" : text;
  }
}
