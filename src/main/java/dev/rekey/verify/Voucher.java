package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.VerifyingKeys;
import java.time.Instant;
import java.util.List;

/**
 * A checkpoint that was found somewhere, its signature checked.
 *
 * @param where such as "in the database"
 * @param since when the first was taken that says the same
 */
record Voucher(Checkpoint checkpoint, String where, Signature signature, Instant since) {

  /** What its signature is worth. */
  enum Signature {
    GENUINE,
    FALSE,
    UNKNOWN_KEY
  }

  static Voucher of(Checkpoint checkpoint, String where, VerifyingKeys keys) {
    return new Voucher(checkpoint, where, check(checkpoint, keys), checkpoint.takenAt());
  }

  private static Signature check(Checkpoint checkpoint, VerifyingKeys keys) {
    if (!keys.knows(checkpoint.keyId())) {
      return Signature.UNKNOWN_KEY;
    }
    try {
      return keys.verify(checkpoint.keyId(), checkpoint.content(), checkpoint.signatureBytes())
          ? Signature.GENUINE
          : Signature.FALSE;
    } catch (IllegalArgumentException e) {
      // Its head is no hexadecimal or its signature no Base64.
      return Signature.FALSE;
    }
  }

  long seq() {
    return checkpoint.seq();
  }

  boolean isGenuine() {
    return signature == Signature.GENUINE;
  }

  /** What it is called where it is talked about. */
  String name() {
    return "checkpoint %s of %s %s".formatted(checkpoint.id(), checkpoint.takenAt(), where);
  }

  /** Adds it, instead of the last one if it says the same of a chain that has not grown since. */
  void addTo(List<Voucher> vouchers) {
    vouchers.add(
        !vouchers.isEmpty() && saysTheSame(vouchers.getLast())
            ? after(vouchers.removeLast())
            : this);
  }

  private Voucher after(Voucher other) {
    return new Voucher(
        checkpoint, where, signature, other.since.isBefore(since) ? other.since : since);
  }

  private boolean saysTheSame(Voucher other) {
    return isGenuine()
        && other.isGenuine()
        && seq() == other.seq()
        && checkpoint.head().equals(other.checkpoint.head());
  }
}
