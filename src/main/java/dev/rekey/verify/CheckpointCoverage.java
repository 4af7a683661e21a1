package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.verify.Finding.Kind;
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

/** Compares the chain with its checkpoints, and tracks the events that none covers yet. */
final class CheckpointCoverage {

  /** How long events may have no checkpoint, in microseconds. */
  static final long GRACE = Duration.ofMinutes(10).dividedBy(ChronoUnit.MICROS.getDuration());

  private final long after;
  private final Deque<CheckedCheckpoint> outside;
  private final Deque<CheckedCheckpoint> inside = new ArrayDeque<>();
  final LateSignatures late;
  final FutureEvents future = new FutureEvents();
  private @Nullable CheckedCheckpoint newest;
  private @Nullable UUID firstUnsigned;
  private long unsignedFrom;
  private long unsigned;
  private long oldestUnsigned = Long.MAX_VALUE;
  private long newestEvent = Long.MIN_VALUE;

  /** Starts after a seq, from its checkpoint; {@code outside} holds the later copies by seq. */
  CheckpointCoverage(
      long after, List<CheckedCheckpoint> outside, @Nullable CheckedCheckpoint start) {
    this.after = after;
    this.outside = new ArrayDeque<>(outside);
    this.newest = start;
    this.late = new LateSignatures(start);
  }

  /** Adds checkpoints of the next part of the chain, by seq. */
  void add(List<CheckedCheckpoint> checkpoints) {
    inside.addAll(checkpoints);
  }

  private static long seqOf(Deque<CheckedCheckpoint> checkpoints) {
    return checkpoints.isEmpty() ? Long.MAX_VALUE : checkpoints.getFirst().seq();
  }

  /**
   * Adds the next event of the chain, which no checkpoint covers yet. One that is dated after
   * {@code now} does not make others look old.
   */
  void add(Link link, Instant now) {
    if (unsigned++ == 0) {
      unsignedFrom = link.seq;
      firstUnsigned = link.id;
    }
    if (link.isDated && !future.add(link, now)) {
      oldestUnsigned = Math.min(oldestUnsigned, link.writtenAt());
      newestEvent = Math.max(newestEvent, link.writtenAt());
    }
  }

  /** Compares the checkpoints up to the seq with the chain hash there; null if all match. */
  @Nullable Finding check(long seq, byte[] head) {
    Finding finding = null;
    while (finding == null && Math.min(seqOf(inside), seqOf(outside)) <= seq) {
      var next = seqOf(inside) <= seqOf(outside) ? inside : outside;
      finding = check(next.removeFirst(), seq, head);
    }
    return finding;
  }

  private @Nullable Finding check(CheckedCheckpoint checkpoint, long seq, byte[] head) {
    if (!checkpoint.isValid()) {
      return badSignature(checkpoint);
    }
    if (checkpoint.seq() != seq
        || !checkpoint.checkpoint().head().equals(HexFormat.of().formatHex(head))) {
      return recomputed(checkpoint, newest == null ? after : newest.seq());
    }
    late.add(checkpoint, unsignedFrom, unsigned, oldestUnsigned);
    newest = checkpoint;
    unsigned = 0;
    oldestUnsigned = Long.MAX_VALUE;
    return null;
  }

  /** The finding for a checkpoint after the end of the chain. */
  static Finding beyond(CheckedCheckpoint checkpoint, long last) {
    return checkpoint.isValid()
        ? Kind.TRUNCATED.at(
            last + 1,
            "The chain ends at seq %d, but %s covers events up to seq %d."
                .formatted(last, checkpoint.description(), checkpoint.seq()))
        : badSignature(checkpoint);
  }

  /** The finding for a checkpoint that the chain contradicts, after matching up to that seq. */
  static Finding recomputed(CheckedCheckpoint checkpoint, long signedUpTo) {
    return Kind.RECOMPUTED.at(
        signedUpTo + 1,
        ("The hashes from seq %d to %d match, but this is not the chain that was signed:"
                + " %s has another head at seq %d.")
            .formatted(
                signedUpTo + 1, checkpoint.seq(), checkpoint.description(), checkpoint.seq()));
  }

  /** The finding for a checkpoint whose signature is not valid. */
  static Finding badSignature(CheckedCheckpoint checkpoint) {
    String key = checkpoint.checkpoint().keyId();
    return Kind.BAD_SIGNATURE.at(
        checkpoint.seq(),
        switch (checkpoint.signature()) {
          case UNKNOWN_KEY ->
              ("The key %s of the %s is not a given one: either it was signed with another key, or"
                      + " a --public-key is missing.")
                  .formatted(key, checkpoint.description());
          case INVALID, VALID ->
              "The signature of the %s is not valid for its key %s: the checkpoint was altered."
                  .formatted(checkpoint.description(), key);
        });
  }

  /** The finding for the first checkpoint after the end of the chain; null if there is none. */
  @Nullable Finding beyond(long last) {
    return Stream.of(inside, outside)
        .flatMap(Deque::stream)
        .min(Comparator.comparingLong(CheckedCheckpoint::seq))
        .map(checkpoint -> beyond(checkpoint, last))
        .orElse(null);
  }

  /** The finding for events that a checkpoint should cover by now; null if there are none. */
  @Nullable Finding unsigned(long newestUnsealed) {
    if (unsigned > 0 && newest == null) {
      return Kind.UNSIGNED.at(
          unsignedFrom,
          firstUnsigned,
          "No checkpoint covers any of the %d events.".formatted(unsigned));
    }
    if (unsigned == 0
        || oldestUnsigned == Long.MAX_VALUE
        || Math.max(newestUnsealed, newestEvent) - oldestUnsigned <= GRACE) {
      return null;
    }
    return Kind.UNSIGNED.at(
        unsignedFrom,
        firstUnsigned,
        ("No checkpoint covers the last %d events, although the oldest of them is of %s:"
                + " checkpoints are taken every minute.")
            .formatted(unsigned, CanonicalBytes.instant(oldestUnsigned)));
  }

  /** Whether an event should be sealed by now, because another one is much newer. */
  boolean isOverdue(Instant event, long newestUnsealed) {
    return Math.max(newestUnsealed, newestEvent) - CanonicalBytes.micros(event) > GRACE;
  }

  /** The newest checkpoint that the chain matches; null if there is none. */
  @Nullable CheckedCheckpoint newest() {
    return newest;
  }

  /** The number of events at the end that no checkpoint covers yet. */
  long unsignedEvents() {
    return unsigned;
  }
}
