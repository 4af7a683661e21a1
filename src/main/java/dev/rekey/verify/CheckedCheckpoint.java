package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.VerifyingKeys;
import java.time.Instant;
import java.util.List;

/** A checkpoint whose signature was checked. The first with the same head may be older. */
record CheckedCheckpoint(
    Checkpoint checkpoint, String source, Signature signature, Instant firstTakenAt) {

  enum Signature {
    VALID,
    INVALID,
    UNKNOWN_KEY
  }

  static CheckedCheckpoint of(Checkpoint checkpoint, String source, VerifyingKeys keys) {
    return new CheckedCheckpoint(checkpoint, source, check(checkpoint, keys), checkpoint.takenAt());
  }

  private static Signature check(Checkpoint checkpoint, VerifyingKeys keys) {
    if (!keys.knows(checkpoint.keyId())) {
      return Signature.UNKNOWN_KEY;
    }
    try {
      return keys.verify(checkpoint.keyId(), checkpoint.content(), checkpoint.signatureBytes())
          ? Signature.VALID
          : Signature.INVALID;
    } catch (IllegalArgumentException e) {
      // The head is not hexadecimal, or the signature is not Base64.
      return Signature.INVALID;
    }
  }

  long seq() {
    return checkpoint.seq();
  }

  boolean isValid() {
    return signature == Signature.VALID;
  }

  String description() {
    return "checkpoint %s of %s %s".formatted(checkpoint.id(), checkpoint.takenAt(), source);
  }

  /** Adds it, replacing the last one if both are valid and have the same seq and head. */
  void addTo(List<CheckedCheckpoint> checkpoints) {
    Instant first = firstTakenAt;
    if (!checkpoints.isEmpty() && hasSameHead(checkpoints.getLast())) {
      Instant before = checkpoints.removeLast().firstTakenAt;
      first = before.isBefore(first) ? before : first;
    }
    checkpoints.add(new CheckedCheckpoint(checkpoint, source, signature, first));
  }

  private boolean hasSameHead(CheckedCheckpoint other) {
    return isValid()
        && other.isValid()
        && seq() == other.seq()
        && checkpoint.head().equals(other.checkpoint.head());
  }
}
