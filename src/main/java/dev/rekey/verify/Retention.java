package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tracks missing events, and the events that record dropped months. A drop is credible only for a
 * whole month without present events, and only once per month.
 */
final class Retention {

  private final long after;
  private final List<Gap> gaps = new ArrayList<>();
  private final List<DropClaim> claims = new ArrayList<>();
  private final Set<YearMonth> presentMonths = new HashSet<>();
  private long monthStart;
  private long monthEnd;
  private long previousTime = Long.MIN_VALUE;
  private boolean isLate;
  private long signed = -1;

  Retention(long after) {
    this.after = after;
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
    endGap(link, link.isDated() ? link.occurredAt : Long.MIN_VALUE);
    if (gaps.isEmpty() || !gaps.getLast().isContinuedBy(link)) {
      gaps.add(new Gap(link, timeBefore));
    }
    gaps.getLast().last = link.seq;
  }

  private void endGap(Link link, long time) {
    if (!gaps.isEmpty() && gaps.getLast().isBefore(link)) {
      gaps.getLast().endAt(time);
    }
    previousTime = time;
  }

  void dropped(PartitionDrop drop) {
    claims.add(new DropClaim(drop, isLate));
  }

  /** Adds a checkpoint that the chain matches. */
  void signed(CheckedCheckpoint checkpoint) {
    if (checkpoint.seq() > signed) {
      signed = checkpoint.seq();
      claims.forEach(claim -> claim.signed(checkpoint));
    }
  }

  /** From now on, events may have been read before their month was dropped. */
  void continueLater() {
    isLate = true;
  }

  long missingEvents() {
    return gaps.stream().mapToLong(Gap::events).sum();
  }

  /** The recorded drops, credible or not. */
  List<PartitionDrop> drops() {
    return claims.stream().map(claim -> claim.drop).toList();
  }

  /** Whether a gap is not covered by credible drops. */
  boolean hasUnexplainedGaps() {
    return !accounting().coversAllGaps();
  }

  /** The first missing event that no credible drop explains; null if there is none. */
  @Nullable Finding check(MissingEventCheck missing) throws SQLException, IOException {
    return accounting().check(missing);
  }

  private DropAccounting accounting() {
    var credible = new ArrayList<DropClaim>();
    var months = new HashSet<YearMonth>();
    for (DropClaim claim : claims) {
      if (claim.isCredible(presentMonths) && months.add(claim.drop.month())) {
        credible.add(claim);
      }
    }
    return new DropAccounting(gaps, credible, after);
  }
}
