package dev.rekey.audit.aggregate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for counts, without its filter.
 *
 * @param buckets one for {@link Shape#TOTALS}
 * @param top the number of the largest groups, which have counts of their own; null for all
 */
record Question(
    Countable counted,
    Shape shape,
    Buckets buckets,
    List<Dimension> groupBy,
    @Nullable Integer top) {

  boolean hasDurations() {
    return counted == Countable.ROTATIONS;
  }
}
