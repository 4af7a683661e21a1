package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields that events and rotations can be grouped by, named as in the API. */
public enum Dimension {
  type("type"),
  outcome("outcome"),
  team("actor_team"),
  upstream("upstream"),
  actor("actor_id"),
  subject("subject");

  private static final int MAX_DIMENSIONS = 2;

  private final String column;

  Dimension(String column) {
    this.column = column;
  }

  /** The columns of events, separated by commas. */
  static String columns(String prefix, List<Dimension> dimensions) {
    return dimensions.stream()
        .map(dimension -> prefix + dimension.column)
        .collect(Collectors.joining(", "));
  }

  /** Whether there may be so many groups that only the largest are returned by default. */
  boolean hasManyValues() {
    return this == actor || this == subject;
  }

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
