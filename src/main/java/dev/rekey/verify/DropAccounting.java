package dev.rekey.verify;

import dev.rekey.verify.Finding.Missing;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares the gaps of the chain with the credible drops.
 *
 * @param gaps all gaps, by seq
 * @param claims the credible drops, at most one per month
 * @param after the seq after which verification started
 */
record DropAccounting(List<Gap> gaps, List<DropClaim> claims, long after) {

  /** Whether the drops' ranges cover all gaps. */
  boolean coversAllGaps() {
    return gaps.stream().allMatch(gap -> firstUncovered(gap) > gap.last);
  }

  /** The first gap that the drops do not cover, or whose size differs; null if there is none. */
  @Nullable Finding check(MissingEventCheck missing) throws SQLException, IOException {
    for (Gap gap : gaps) {
      long seq = firstUncovered(gap);
      if (seq <= gap.last) {
        Finding finding = missing.changedSeal(gap.first.seq, gap.last);
        return finding == null ? uncovered(gap, seq) : finding;
      }
    }
    return miscounted(missing);
  }

  private static Finding uncovered(Gap gap, long seq) {
    return new Missing(
        seq,
        seq == gap.first.seq ? gap.first.id : null,
        "The events of seq %d to %d are missing, and no credible event says that their month was dropped."
            .formatted(seq, gap.last));
  }

  /** The first seq of the gap that no drop covers; after its last if all are covered. */
  private long firstUncovered(Gap gap) {
    long seq = gap.first.seq;
    for (long next = coveredUpTo(gap, seq);
        next > seq && seq <= gap.last;
        next = coveredUpTo(gap, seq)) {
      seq = next;
    }
    return seq;
  }

  private long coveredUpTo(Gap gap, long seq) {
    return claims.stream()
        .map(claim -> claim.drop)
        .filter(drop -> drop.covers(seq) && gap.canBeOf(drop.month()))
        .mapToLong(drop -> drop.lastSeq() + 1)
        .max()
        .orElse(seq);
  }

  // The gaps of an export have no months, so these are counted together.
  private @Nullable Finding miscounted(MissingEventCheck missing) throws SQLException, IOException {
    Finding finding =
        miscounted(missing, gaps.stream().filter(gap -> gap.month == null).toList(), claims);
    for (int i = 0; finding == null && i < claims.size(); i++) {
      DropClaim claim = claims.get(i);
      finding =
          miscounted(
              missing,
              gaps.stream().filter(gap -> claim.drop.month().equals(gap.month)).toList(),
              List.of(claim));
    }
    return finding;
  }

  private @Nullable Finding miscounted(
      MissingEventCheck missing, List<Gap> some, List<DropClaim> theirs)
      throws SQLException, IOException {
    long events = some.stream().mapToLong(Gap::events).sum();
    Predicate<DropClaim> isOfThem =
        claim -> some.stream().anyMatch(gap -> claim.drop.overlaps(gap.first.seq, gap.last));
    long max = sum(theirs, isOfThem);
    // A drop before the start, or during the verification, may include events that were present.
    long min = sum(theirs, isOfThem.and(claim -> !claim.isLate && claim.drop.firstSeq() > after));
    if (events >= min && events <= max) {
      return null;
    }
    Link first = some.getFirst().first;
    Finding finding = missing.changedSeal(first.seq, some.getLast().last);
    return finding != null
        ? finding
        : new Missing(
            first.seq,
            first.id,
            "%d events are missing from this one on, but the events about dropped months account for %d."
                .formatted(events, max));
  }

  private static long sum(List<DropClaim> claims, Predicate<DropClaim> which) {
    return claims.stream().filter(which).mapToLong(claim -> claim.drop.events()).sum();
  }
}
