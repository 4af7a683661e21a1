package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A recorded drop, and what decides whether it is credible. */
final class DropClaim {

  final PartitionDrop drop;
  final boolean isLate;
  private @Nullable Instant signedAt;

  /** Late means that the drop may have happened while the chain was verified. */
  DropClaim(PartitionDrop drop, boolean isLate) {
    this.drop = drop;
    this.isLate = isLate;
  }

  /** Sets the time of the first checkpoint that covers the event; later calls change nothing. */
  void signed(CheckedCheckpoint checkpoint) {
    if (signedAt == null && drop.by().seq <= checkpoint.seq()) {
      signedAt = checkpoint.firstTakenAt();
    }
  }

  /** Whether the month was old enough, and none of its events is present. */
  boolean isCredible(Set<YearMonth> presentMonths) {
    return isOldEnough() && (isLate || !presentMonths.contains(drop.month()));
  }

  // By the earlier of the event's own time and its checkpoint's, because either may be forged.
  private boolean isOldEnough() {
    long known = CanonicalBytes.micros(signedAt == null ? Instant.now() : signedAt);
    return drop.isOldEnough(Math.min(known, drop.by().occurredAt));
  }
}
