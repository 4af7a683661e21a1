package dev.rekey.audit.chain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** What the chain looked like at a time, signed. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "AuditCheckpoint", description = "What the chain looked like at a time, signed.")
public record Checkpoint(
    @Schema(
            description = "The checkpoint's id, a UUIDv7.",
            example = "019aa8a6-0d1e-7f2a-9b3c-4d5e6f708193")
        UUID id,
    @Schema(
            description = "When it was taken: UTC, with microseconds.",
            example = "2026-11-22T09:31:00.123456Z")
        Instant takenAt,
    @Schema(
            description = "The seq of the last event in the chain; 0 before the first.",
            example = "4711")
        long seq,
    @Schema(description = "How many events the chain holds.", example = "4711") long count,
    @Schema(
            description = "The chain hash of that event, in hexadecimal.",
            example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
        String head,
    @Schema(
            description = "Which key signed it: the start of the SHA-256 of its public half.",
            example = "3b6a27bcceb6a42d")
        String keyId,
    @Schema(
            description = "The Ed25519 signature, in Base64 (docs/audit-chain.md says over what).",
            example =
                "5nb6bZ0Zk9rQh0q0oXw7bq0V0J3uVJm0i8Q1c0m1c3l2bW9ja2VkLXNpZ25hdHVyZS1mb3ItdGhlLWRvY3M0Mg==")
        String signature) {

  private static final String TAG = "rekey-audit-checkpoint-1";

  /** Takes and signs one. */
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

  /** The head as bytes. */
  public byte[] headBytes() {
    return HexFormat.of().parseHex(head);
  }

  public byte[] signatureBytes() {
    return Base64.getDecoder().decode(signature);
  }

  /** What the signature is over. */
  public byte[] content() {
    return content(takenAt, seq, count, headBytes(), keyId);
  }

  private static byte[] content(Instant takenAt, long seq, long count, byte[] head, String keyId) {
    return new CanonicalBytes()
        .text(TAG)
        .int64(seq)
        .int64(count)
        .bytes(head)
        .time(takenAt)
        .text(keyId)
        .toByteArray();
  }
}
