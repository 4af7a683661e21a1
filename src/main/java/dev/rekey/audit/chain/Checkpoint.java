package dev.rekey.audit.chain;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** The signed head of the chain at a point in time. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Checkpoint(
    UUID id, Instant takenAt, long seq, long count, String head, String keyId, String signature) {

  private static final String SIGNATURE_TAG = "rekey-audit-checkpoint-1";

  static Checkpoint signed(UUID id, Instant takenAt, long seq, byte[] head, SigningKey key) {
    byte[] signature = key.sign(content(takenAt, seq, seq, head, key.id()));
    return new Checkpoint(
        id,
        takenAt,
        seq,
        seq,
        HexFormat.of().formatHex(head),
        key.id(),
        Base64.getEncoder().encodeToString(signature));
  }

  /** The head; throws {@link IllegalArgumentException} if it is malformed. */
  public byte[] headBytes() {
    return HexFormat.of().parseHex(head);
  }

  /** The signature; throws {@link IllegalArgumentException} if it is malformed. */
  public byte[] signatureBytes() {
    return Base64.getDecoder().decode(signature);
  }

  /** The signed bytes; throws {@link IllegalArgumentException} if {@code head} is malformed. */
  public byte[] content() {
    return content(takenAt, seq, count, headBytes(), keyId);
  }

  private static byte[] content(Instant takenAt, long seq, long count, byte[] head, String keyId) {
    return new CanonicalBytes()
        .text(SIGNATURE_TAG)
        .int64(seq)
        .int64(count)
        .bytes(head)
        .time(takenAt)
        .text(keyId)
        .toByteArray();
  }
}
