package sandbox.keycard;

import static sandbox.wire.ErrorShape.KEYCARD;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Call;
import sandbox.wire.Parameters;

/**
 * A strictly parsed query string: unknown and repeated names are rejected, and the name for
 * expansions is {@code expand[]}. (Released clients send {@code expand}, which the API does not
 * know.)
 */
final class Query {
  private static final String EXPAND = "expand[]";
  private static final int DEFAULT_LIMIT = 20;
  private static final int LARGEST_LIMIT = 100;

  private final Parameters parameters;

  private Query(Parameters parameters) {
    this.parameters = parameters;
  }

  static Query none(Call call) {
    return of(call, Set.of(), Set.of());
  }

  static Query single(Call call) {
    return of(call, Set.of(EXPAND), Set.of("permissions"));
  }

  static Query list(Call call) {
    return of(
        call, Set.of("limit", "after", "before", EXPAND), Set.of("permissions", "total_count"));
  }

  private static Query of(Call call, Set<String> names, Set<String> expansions) {
    Parameters parameters = parse(call);
    boolean repeats =
        parameters.names().stream().anyMatch(n -> !n.equals(EXPAND) && parameters.repeats(n));
    if (repeats || !names.containsAll(parameters.names())) {
      throw KEYCARD.refusal(400, "Unknown or repeated query parameter");
    }
    if (!expansions.containsAll(parameters.all(EXPAND))) {
      throw KEYCARD.refusal(400, "expand[] has an unknown value");
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
    return parameters.all(EXPAND).contains(value);
  }

  Page.Request page(String collection) {
    if (parameters.names().containsAll(List.of("after", "before"))) {
      throw KEYCARD.refusal(400, "Send either after or before");
    }
    return new Page.Request(
        limit(), cursor("after", collection), cursor("before", collection), expands("total_count"));
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
