package dev.rekey.audit.aggregate;

import dev.rekey.audit.FilterText;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What counts can be told apart by. The names are those of requests and of the rollups' columns.
 */
enum Dimension {
  type,
  outcome,
  team,
  upstream;

  private static final int MOST = 2;

  static List<Dimension> of(@Nullable List<String> names) {
    List<String> known = Arrays.stream(values()).map(Dimension::name).toList();
    List<String> wanted = names == null ? List.of() : names;
    if (!known.containsAll(wanted)
        || wanted.size() > MOST
        || Set.copyOf(wanted).size() < wanted.size()) {
      throw FilterText.invalid("groupBy has to be one or two different ones of " + known + ".");
    }
    return wanted.stream().map(Dimension::valueOf).toList();
  }
}
