package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.verify.Finding.BadSignature;
import dev.rekey.verify.Finding.Recomputed;
import dev.rekey.verify.Finding.Truncated;
import dev.rekey.verify.Finding.Unsigned;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares the chain with the checkpoints on its way, and knows what none vouches for yet. */
final class Vouching {

  static final long GRACE = Duration.ofMinutes(10).dividedBy(ChronoUnit.MICROS.getDuration());

  private final long after;
  private final Deque<Voucher> outside;
  private final Deque<Voucher> inside = new ArrayDeque<>();
  private final Lateness lateness;
  private long nextSeq;
  private @Nullable Voucher newest;
  private @Nullable UUID firstOfTail;
  private long tailFrom;
  private long tail;
  private long oldestOfTail = Long.MAX_VALUE;
  private long newestEvent = Long.MIN_VALUE;

  /**
   * Begins behind a place.
   *
   * @param outside copies from elsewhere, by seq, none of before
   * @param start the one that vouches for that place; null if none is known to
   */
  Vouching(long after, List<Voucher> outside, @Nullable Voucher start) {
    this.after = after;
    this.outside = new ArrayDeque<>(outside);
    this.newest = start;
    this.lateness = new Lateness(start);
    look();
  }

  /** Adds checkpoints that lie on the way, by seq. */
  void expect(List<Voucher> vouchers) {
    inside.addAll(vouchers);
    look();
  }

  private void look() {
    nextSeq = Math.min(seqOf(inside), seqOf(outside));
  }

  private static long seqOf(Deque<Voucher> vouchers) {
    return vouchers.isEmpty() ? Long.MAX_VALUE : vouchers.getFirst().seq();
  }

  /** Notes that the chain goes on with this. */
  void passed(Link link) {
    if (tail++ == 0) {
      tailFrom = link.seq;
      firstOfTail = link.id;
    }
    if (link.isDated()) {
      oldestOfTail = Math.min(oldestOfTail, link.writtenAt());
      newestEvent = Math.max(newestEvent, link.writtenAt());
    }
  }

  /** Compares with the checkpoints that were taken up to there, if there are any. */
  @Nullable Finding at(long seq, byte[] head) {
    while (nextSeq <= seq) {
      Finding finding =
          compare(
              inside.isEmpty() || seqOf(inside) > nextSeq
                  ? outside.removeFirst()
                  : inside.removeFirst(),
              seq,
              head);
      if (finding != null) {
        return finding;
      }
      look();
    }
    return null;
  }

  private @Nullable Finding compare(Voucher voucher, long seq, byte[] head) {
    if (!voucher.isGenuine()) {
      return falseSignature(voucher);
    }
    if (voucher.seq() != seq
        || !voucher.checkpoint().head().equals(HexFormat.of().formatHex(head))) {
      return recomputed(voucher, newest == null ? after : newest.seq());
    }
    lateness.signed(voucher, tailFrom, tail, oldestOfTail);
    newest = voucher;
    tail = 0;
    oldestOfTail = Long.MAX_VALUE;
    return null;
  }

  /** Of a checkpoint that lies beyond the chain's end. */
  static Finding beyond(Voucher voucher, long last) {
    return voucher.isGenuine()
        ? new Truncated(
            last + 1,
            null,
            "The chain ends at seq %d, but %s vouches for events up to seq %d."
                .formatted(last, voucher.name(), voucher.seq()))
        : falseSignature(voucher);
  }

  /** Of a checkpoint that the chain contradicts, which was as signed up to another one's seq. */
  static Finding recomputed(Voucher voucher, long signedUpTo) {
    return new Recomputed(
        signedUpTo + 1,
        null,
        ("The chain from seq %d to %d fits together, but it is not the one that was signed:"
                + " %s tells of another head at seq %d.")
            .formatted(signedUpTo + 1, voucher.seq(), voucher.name(), voucher.seq()));
  }

  static Finding falseSignature(Voucher voucher) {
    String key = voucher.checkpoint().keyId();
    return new BadSignature(
        voucher.seq(),
        null,
        switch (voucher.signature()) {
          case UNKNOWN_KEY ->
              ("The key %s that signed the %s is none of those given: somebody else made"
                      + " it, or a --public-key is lacking.")
                  .formatted(key, voucher.name());
          case FALSE, GENUINE ->
              "The signature of the %s is not that of its key %s over what it says: it was altered."
                  .formatted(voucher.name(), key);
        });
  }

  /** The first that lies beyond the chain's end, if there is one. */
  @Nullable Finding beyond(long last) {
    return Stream.of(inside, outside)
        .flatMap(Deque::stream)
        .min(Comparator.comparingLong(Voucher::seq))
        .map(voucher -> beyond(voucher, last))
        .orElse(null);
  }

  /**
   * What a checkpoint should vouch for by now.
   *
   * @param newest how new the newest event is, sealed or not
   */
  @Nullable Finding overdue(long newest) {
    long end = Math.max(newest, newestEvent);
    if (tail > 0 && this.newest == null) {
      return new Unsigned(
          tailFrom, firstOfTail, "No checkpoint vouches for any of the %d events.".formatted(tail));
    }
    if (tail == 0 || oldestOfTail == Long.MAX_VALUE || end - oldestOfTail <= GRACE) {
      return null;
    }
    return new Unsigned(
        tailFrom,
        firstOfTail,
        ("No checkpoint vouches for the last %d events, though the oldest of them is of %s:"
                + " checkpoints come every minute.")
            .formatted(tail, CanonicalBytes.instant(oldestOfTail)));
  }

  /** Whether the sealer should have come to an event by now, the newest of all being of then. */
  boolean isOverdue(Instant event, long newest) {
    return Math.max(newest, newestEvent) - CanonicalBytes.micros(event) > GRACE;
  }

  /** The newest checkpoint that vouches for what was seen; null if there is none. */
  @Nullable Voucher newest() {
    return newest;
  }

  /** What was signed late, in sentences. */
  List<String> late() {
    return lateness.remarks();
  }

  /** How many events at the end no checkpoint vouches for yet. */
  long tail() {
    return tail;
  }
}
