package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.verify.Evidence.MissingEvents;
import dev.rekey.verify.Finding.Kind;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares missing events with the events that record dropped months. A drop is credible only for a
 * whole month without present events, and only once per month.
 */
final class Retention {

  private final long after;
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();
  private final Set<YearMonth> presentMonths = new HashSet<>();
  private long monthStart;
  private long monthEnd;
  private long previousTime = Long.MIN_VALUE;
  private boolean isLate;
  private long signed = -1;

  Retention(long after) {
    this.after = after;
  }

  /** A recorded drop, and what decides whether it is credible. */
  private static final class Claim {

    final PartitionDrop drop;

    /** Whether the drop may have happened while the chain was verified. */
    final boolean isLate;

    /** The time of the first checkpoint that covers the event; null until one does. */
    @Nullable Instant signedAt;

    Claim(PartitionDrop drop, boolean isLate) {
      this.drop = drop;
      this.isLate = isLate;
    }

    // By the earlier of the event's own time and its checkpoint's, because either may be forged.
    boolean isOldEnough() {
      long known = CanonicalBytes.micros(signedAt == null ? Instant.now() : signedAt);
      return drop.isOldEnough(Math.min(known, drop.by().occurredAt));
    }
  }

  /** Adds the next event, which is present. */
  void present(Link link) {
    if (!isLate && (link.occurredAt < monthStart || link.occurredAt >= monthEnd)) {
      YearMonth month = PartitionDrop.month(link.occurredAt);
      monthStart = PartitionDrop.end(month.minusMonths(1));
      monthEnd = PartitionDrop.end(month);
      presentMonths.add(month);
    }
    endGap(link, link.writtenAt());
  }

  /** Adds the next event, which is missing. */
  void missing(Link link) {
    long timeBefore = previousTime;
    endGap(link, link.isDated ? link.occurredAt : Long.MIN_VALUE);
    if (gaps.isEmpty() || !gaps.getLast().isContinuedBy(link)) {
      gaps.add(new Gap(link, timeBefore));
    }
    gaps.getLast().last = link.seq;
  }

  private void endGap(Link link, long time) {
    if (!gaps.isEmpty() && gaps.getLast().isBefore(link)) {
      gaps.getLast().timeAfter = time;
    }
    previousTime = time;
  }

  void dropped(PartitionDrop drop) {
    claims.add(new Claim(drop, isLate));
  }

  /** Adds a checkpoint that the chain matches. */
  void signed(CheckedCheckpoint checkpoint) {
    if (checkpoint.seq() > signed) {
      signed = checkpoint.seq();
      for (Claim claim : claims) {
        if (claim.signedAt == null && claim.drop.by().seq <= signed) {
          claim.signedAt = checkpoint.firstTakenAt();
        }
      }
    }
  }

  /** From now on, events may have been read before their month was dropped. */
  void continueLater() {
    isLate = true;
  }

  long missingEvents() {
    return events(gaps);
  }

  private static long events(List<Gap> gaps) {
    return gaps.stream().mapToLong(gap -> gap.last - gap.first.seq + 1).sum();
  }

  /** The recorded drops, credible or not. */
  List<PartitionDrop> drops() {
    return claims.stream().map(claim -> claim.drop).toList();
  }

  /** Whether a gap is not covered by credible drops. */
  boolean hasUnexplainedGaps() {
    List<Claim> credible = credible();
    return gaps.stream().anyMatch(gap -> firstUncovered(gap, credible) <= gap.last);
  }

  /** The first missing event that no credible drop explains; null if there is none. */
  @Nullable Finding check(MissingEvents missing) throws SQLException {
    List<Claim> credible = credible();
    for (Gap gap : gaps) {
      long seq = firstUncovered(gap, credible);
      if (seq <= gap.last) {
        Finding finding = missing.changedSeal(gap.first.seq, gap.last);
        return finding == null ? uncovered(gap, seq) : finding;
      }
    }
    // The gaps of an export have no months, so these are counted together.
    Finding finding = miscounted(gapsOf(null), credible, missing);
    for (int i = 0; finding == null && i < credible.size(); i++) {
      Claim claim = credible.get(i);
      finding = miscounted(gapsOf(claim.drop.month()), List.of(claim), missing);
    }
    return finding;
  }

  private List<Claim> credible() {
    var months = new HashSet<YearMonth>();
    return claims.stream()
        .filter(claim -> claim.isLate || !presentMonths.contains(claim.drop.month()))
        .filter(claim -> claim.isOldEnough() && months.add(claim.drop.month()))
        .toList();
  }

  private static Finding uncovered(Gap gap, long seq) {
    return Kind.MISSING.at(
        seq,
        seq == gap.first.seq ? gap.first.id : null,
        "The events of seq %d to %d are missing, and no credible event says that their month was dropped."
            .formatted(seq, gap.last));
  }

  /** The first seq of the gap that no drop covers; after its last if all are covered. */
  private static long firstUncovered(Gap gap, List<Claim> credible) {
    long seq = gap.first.seq;
    for (long next = coveredUpTo(gap, seq, credible);
        next > seq && seq <= gap.last;
        next = coveredUpTo(gap, seq, credible)) {
      seq = next;
    }
    return seq;
  }

  private static long coveredUpTo(Gap gap, long seq, List<Claim> credible) {
    return credible.stream()
        .map(claim -> claim.drop)
        .filter(drop -> drop.covers(seq) && gap.canBeOf(drop.month()))
        .mapToLong(drop -> drop.lastSeq() + 1)
        .max()
        .orElse(seq);
  }

  private List<Gap> gapsOf(@Nullable YearMonth month) {
    return gaps.stream().filter(gap -> Objects.equals(gap.month, month)).toList();
  }

  private @Nullable Finding miscounted(List<Gap> some, List<Claim> theirs, MissingEvents missing)
      throws SQLException {
    long events = events(some);
    long min = 0;
    long max = 0;
    for (Claim claim : theirs) {
      PartitionDrop drop = claim.drop;
      if (some.stream().anyMatch(gap -> drop.overlaps(gap.first.seq, gap.last))) {
        max += drop.events();
        // A drop before the start, or during the verification, may include events that were
        // present.
        min += claim.isLate || drop.firstSeq() <= after ? 0 : drop.events();
      }
    }
    if (events >= min && events <= max) {
      return null;
    }
    Link first = some.getFirst().first;
    Finding finding = missing.changedSeal(first.seq, some.getLast().last);
    return finding != null
        ? finding
        : Kind.MISSING.at(
            first.seq,
            first.id,
            "%d events are missing from this one on, but the events about dropped months account for %d."
                .formatted(events, max));
  }
}
