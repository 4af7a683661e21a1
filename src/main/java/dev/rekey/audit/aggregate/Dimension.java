package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields that events can be grouped by, named as in the API and as columns. */
enum Dimension {
  type,
  outcome,
  team,
  upstream;

  private static final int MAX_DIMENSIONS = 2;

  /** Reads one or two names, separated by a comma; null for no dimension. */
  static List<Dimension> of(@Nullable String names) {
    List<String> known = Arrays.stream(values()).map(Dimension::name).toList();
    List<String> wanted =
        names == null
            ? List.of()
            : Arrays.stream(names.split(",", -1))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
    if (!known.containsAll(wanted)
        || wanted.size() > MAX_DIMENSIONS
        || Set.copyOf(wanted).size() < wanted.size()) {
      throw QueryText.invalid(
          "groupBy has to be one or two different names of " + known + ", separated by a comma.");
    }
    return wanted.stream().map(Dimension::valueOf).toList();
  }
}
