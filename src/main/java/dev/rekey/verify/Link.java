package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Instant;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One place in the chain as what is verified tells of it, and what the event there hashes to. Times
 * are microseconds since 2000.
 */
final class Link {

  private static final byte[] NONE = {};
  private static final int VERSION = 7;
  private static final long MICROS_TO_2000 = -CanonicalBytes.micros(Instant.EPOCH);

  final long seq;
  final @Nullable UUID id;
  final long occurredAt;

  /**
   * The event's hash when it was sealed. An export has events and no seals: it is the same there.
   */
  final byte[] sealedHash;

  final byte[] chainHash;

  private final boolean isDated;
  private byte @Nullable [] eventHash;
  private @Nullable String flaw;

  Link(long seq, @Nullable UUID id, long occurredAt, byte[] sealedHash, byte[] chainHash) {
    this(seq, id, occurredAt, sealedHash, chainHash, true);
  }

  private Link(
      long seq,
      @Nullable UUID id,
      long occurredAt,
      byte[] sealedHash,
      byte[] chainHash,
      boolean isDated) {
    this.isDated = isDated;
    this.seq = seq;
    this.id = id;
    this.occurredAt = occurredAt;
    this.sealedHash = sealedHash;
    this.chainHash = chainHash;
  }

  /** One that cannot be read, for a reason that completes "the event …". */
  static Link unreadable(String flaw) {
    return undated(0, NONE, NONE).flawed(flaw);
  }

  /** One of which nothing else is known, not even when its event was. */
  static Link undated(long seq, byte[] sealedHash, byte[] chainHash) {
    return new Link(seq, null, 0, sealedHash, chainHash, false);
  }

  /** Says what the event that is there now hashes to. */
  void found(byte[] hash) {
    eventHash = hash;
  }

  /** Says that it is wrong whatever it hashes to. */
  Link flawed(String what) {
    flaw = what;
    return this;
  }

  /** Null if there is no such event any more. */
  byte @Nullable [] eventHash() {
    return eventHash;
  }

  boolean isDated() {
    return isDated;
  }

  /** Null if it is not known. */
  @Nullable YearMonth month() {
    return isDated ? Drop.month(occurredAt) : null;
  }

  /** What is written after the fact tells when it happened; when it was written, its id does. */
  long writtenAt() {
    return id != null && id.version() == VERSION
        ? Math.max(occurredAt, (id.getMostSignificantBits() >>> 16) * 1000 - MICROS_TO_2000)
        : occurredAt;
  }

  @Nullable String flaw() {
    return flaw;
  }
}
