package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.platform.crypto.Sha256;
import dev.rekey.upstream.CredentialNaming;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a request, so that a repetition is recognised.
 *
 * @param by who requests it
 * @param content the request in canonical form, before defaults are filled in. Equal requests have
 *     equal content, different requests have different content.
 * @param delivery whether the secret is delivered to a target
 */
record RequestIdentity(Initiator by, String content, Submission submission, DeliveryMode delivery) {

  private static RequestIdentity of(Permit.Write permit, String content, Submission submission) {
    return new RequestIdentity(Initiator.caller(permit), content, submission, DeliveryMode.NONE);
  }

  static RequestIdentity rotate(Permit.Write permit, Submission submission) {
    return of(permit, permit.subject().name(), submission);
  }

  static RequestIdentity create(
      Permit.Write permit, String target, CredentialNaming naming, Submission submission) {
    return of(permit, canonical(target, naming.name(), naming.description()), submission);
  }

  static RequestIdentity replace(
      Permit.Write permit, PathId old, RotationTerms terms, IdempotencyKey key) {
    return of(
        permit,
        canonical(
            RotationRequest.target(permit.subject(), old),
            terms.naming().name(),
            terms.naming().description(),
            String.valueOf(terms.grace()),
            String.valueOf(terms.confirmOnFirstUse())),
        Submission.under(key));
  }

  static RequestIdentity reissue(Permit.Write permit, UUID lost, Submission submission) {
    return of(permit, canonical("reissue", lost.toString()), submission);
  }

  /** A policy's order, which has no key: it is never repeated. */
  static RequestIdentity policy(Initiator by) {
    return new RequestIdentity(by, "", Submission.under(null), DeliveryMode.NONE);
  }

  /** Same, and delivers the secret to the target. */
  RequestIdentity delivering(DeliveryMode mode) {
    return mode == DeliveryMode.NONE
        ? this
        : new RequestIdentity(by, canonical(content, "deliver", mode.name()), submission, mode);
  }

  /** The caller, in whose namespace the key is. */
  String principal() {
    return by.id();
  }

  @Nullable IdempotencyKey key() {
    return submission.key();
  }

  String contentHash() {
    return Sha256.hex(content);
  }

  /** Writes each part after its length, so that different parts never give the same text. */
  static String canonical(@Nullable String... parts) {
    var text = new StringBuilder();
    Arrays.stream(parts)
        .forEach(part -> text.append(part == null ? "-" : part.length() + ":" + part));
    return text.toString();
  }
}
