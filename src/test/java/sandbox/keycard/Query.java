package sandbox.keycard;

import static sandbox.wire.ErrorShape.KEYCARD;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Call;
import sandbox.wire.Parameters;

/**
 * A strictly parsed query string: unknown names are rejected, and repeated ones that take one
 * value. Expansions have the name {@code expand[]}, or {@code expand}, which released clients send.
 * Values that an operation does not use are ignored, as the vendor's clients say.
 */
final class Query {
  private static final Set<String> EXPAND = Set.of("expand[]", "expand");
  private static final String SEARCH = "query";
  private static final int DEFAULT_LIMIT = 20;
  private static final int LARGEST_LIMIT = 100;

  private final Parameters parameters;

  private Query(Parameters parameters) {
    this.parameters = parameters;
  }

  static Query none(Call call) {
    return of(call, Set.of());
  }

  static Query single(Call call) {
    return of(call, EXPAND);
  }

  static Query list(Call call) {
    return of(call, Set.of("limit", "after", "before", SEARCH, "expand[]", "expand"));
  }

  private static Query of(Call call, Set<String> names) {
    Parameters parameters = parse(call);
    boolean repeats =
        parameters.names().stream()
            .filter(name -> !EXPAND.contains(name) && !name.equals(SEARCH))
            .anyMatch(parameters::repeats);
    if (repeats || !names.containsAll(parameters.names())) {
      throw KEYCARD.refusal(400, "Unknown or repeated query parameter");
    }
    return new Query(parameters);
  }

  private static Parameters parse(Call call) {
    try {
      return call.query();
    } catch (IllegalArgumentException _) {
      throw KEYCARD.refusal(400, "Query is badly encoded");
    }
  }

  boolean expands(String value) {
    return EXPAND.stream()
        .flatMap(name -> parameters.all(name).stream())
        // Keycard's Go client joins the values.
        .flatMap(values -> Arrays.stream(values.split(",", -1)))
        .anyMatch(value::equals);
  }

  /** Whether each searched text is a part of one of these; true if nothing is searched. */
  boolean finds(Stream<String> texts) {
    List<String> all = texts.map(text -> text.toLowerCase(Locale.ROOT)).toList();
    return parameters.all(SEARCH).stream()
        .map(part -> part.toLowerCase(Locale.ROOT))
        .allMatch(part -> all.stream().anyMatch(text -> text.contains(part)));
  }

  Page.Request page(String collection) {
    if (parameters.names().containsAll(List.of("after", "before"))) {
      throw KEYCARD.refusal(400, "Send either after or before");
    }
    return new Page.Request(limit(), cursor("after", collection), cursor("before", collection));
  }

  private int limit() {
    Optional<String> limit = parameters.first("limit");
    if (limit.filter(text -> !text.matches("[0-9]{1,3}")).isPresent()) {
      throw KEYCARD.refusal(400, "limit must be a number from 1 to 100");
    }
    int value = limit.map(Integer::parseInt).orElse(DEFAULT_LIMIT);
    if (value < 1 || value > LARGEST_LIMIT) {
      throw KEYCARD.refusal(400, "limit must be a number from 1 to 100");
    }
    return value;
  }

  private @Nullable Long cursor(String name, String collection) {
    return parameters.first(name).map(text -> Cursors.decode(collection, text)).orElse(null);
  }
}
