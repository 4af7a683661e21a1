package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Instant;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One position of the chain: the seal as read, and the hash of the event that is there now. Times
 * are in microseconds since 2000.
 */
final class Link {

  private static final int VERSION = 7;
  private static final long MICROS_TO_2000 = -CanonicalBytes.micros(Instant.EPOCH);

  final long seq;
  final @Nullable UUID id;
  final long occurredAt;

  /** The event's hash in the seal. In an export, which has no seals, the hash of the event. */
  final byte[] sealedHash;

  final byte[] chainHash;
  boolean isDated = true;

  /** The hash of the event; null if the event is gone. */
  byte @Nullable [] eventHash;

  /** Makes the link invalid, whatever its hash: completes "The event …"; null for no flaw. */
  @Nullable String flaw;

  Link(long seq, @Nullable UUID id, long occurredAt, byte[] sealedHash, byte[] chainHash) {
    this.seq = seq;
    this.id = id;
    this.occurredAt = occurredAt;
    this.sealedHash = sealedHash;
    this.chainHash = chainHash;
  }

  static Link undated(long seq, byte[] sealedHash, byte[] chainHash) {
    var link = new Link(seq, null, 0, sealedHash, chainHash);
    link.isDated = false;
    return link;
  }

  /** The event's month; null if unknown. */
  @Nullable YearMonth month() {
    return isDated ? PartitionDrop.month(occurredAt) : null;
  }

  /** When the event was written: by its UUIDv7 if that is later, as for a backfilled event. */
  long writtenAt() {
    return id != null && id.version() == VERSION
        ? Math.max(occurredAt, (id.getMostSignificantBits() >>> 16) * 1000 - MICROS_TO_2000)
        : occurredAt;
  }
}
