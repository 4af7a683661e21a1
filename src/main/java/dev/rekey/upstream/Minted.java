package dev.rekey.upstream;

import dev.rekey.upstream.Reply.Flaw;
import org.jspecify.annotations.Nullable;

/** A credential just made, with the secret that is shown this once. */
public record Minted(UpstreamCredential credential, Secret secret) {

  /** Joins the two halves of a mint's answer, which is of no use if the secret is missing. */
  public static Reply<Minted> of(Reply<UpstreamCredential> credential, @Nullable Secret secret) {
    return credential.flatMap(
        found ->
            secret == null || secret.isEmpty()
                ? new Reply.Unusable<>(Flaw.SECRET_MISSING, found.id())
                : new Reply.Success<>(new Minted(found, secret)));
  }
}
