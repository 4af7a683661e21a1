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
 * @param content the request in canonical form, before defaults are filled in. Equal requests have
 *     equal content, different requests have different content.
 */
record RequestIdentity(Permit.Write permit, String content, Submission submission) {

  static RequestIdentity rotate(Permit.Write permit, Submission submission) {
    return new RequestIdentity(permit, permit.subject().name(), submission);
  }

  static RequestIdentity create(
      Permit.Write permit, String target, CredentialNaming naming, Submission submission) {
    return new RequestIdentity(
        permit, canonical(target, naming.name(), naming.description()), submission);
  }

  static RequestIdentity replace(
      Permit.Write permit, PathId old, RotationTerms terms, IdempotencyKey key) {
    return new RequestIdentity(
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
    return new RequestIdentity(permit, canonical("reissue", lost.toString()), submission);
  }

  /** The caller, in whose namespace the key is. */
  String principal() {
    return permit.caller().id();
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
