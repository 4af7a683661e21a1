package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.VerifyingKeys;
import java.time.Instant;
import java.util.List;

/**
 * A checkpoint whose signature was checked.
 *
 * @param source where it was read, such as "in the database"
 * @param firstTakenAt when the first checkpoint with the same head was taken
 */
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
    checkpoints.add(
        !checkpoints.isEmpty() && hasSameHead(checkpoints.getLast())
            ? after(checkpoints.removeLast())
            : this);
  }

  private CheckedCheckpoint after(CheckedCheckpoint other) {
    return new CheckedCheckpoint(
        checkpoint,
        source,
        signature,
        other.firstTakenAt.isBefore(firstTakenAt) ? other.firstTakenAt : firstTakenAt);
  }

  private boolean hasSameHead(CheckedCheckpoint other) {
    return isValid()
        && other.isValid()
        && seq() == other.seq()
        && checkpoint.head().equals(other.checkpoint.head());
  }
}
