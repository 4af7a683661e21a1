package dev.rekey.upstream;

import dev.rekey.upstream.Reply.Flaw;
import org.jspecify.annotations.Nullable;

/** A new credential with its secret, which the upstream returns only once. */
public record Minted(UpstreamCredential credential, Secret secret) {

  /** Joins the two halves of a mint's response; {@link Reply.Unusable} without a secret. */
  public static Reply<Minted> of(Reply<UpstreamCredential> credential, @Nullable Secret secret) {
    return credential.flatMap(
        found ->
            secret == null || secret.isEmpty()
                ? new Reply.Unusable<>(Flaw.SECRET_MISSING, found.id())
                : new Reply.Success<>(new Minted(found, secret)));
  }
}
