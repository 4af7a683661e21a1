package dev.rekey.upstream;

import dev.rekey.upstream.Reply.Flaw;
import org.jspecify.annotations.Nullable;

/**
 * A new credential with its secret, which the upstream returns only once.
 *
 * @param isShortened whether its description still lacks its end; see {@link
 *     ListableUpstream#complete}
 */
public record Minted(UpstreamCredential credential, Secret secret, boolean isShortened) {

  /** One with its whole description. */
  public Minted(UpstreamCredential credential, Secret secret) {
    this(credential, secret, false);
  }

  /** Same, with an empty secret. */
  public Minted withoutSecret() {
    return new Minted(credential, Secret.of(""), isShortened);
  }

  /** Joins the two halves of a mint's response; {@link Reply.Unusable} without a secret. */
  public static Reply<Minted> of(Reply<UpstreamCredential> credential, @Nullable Secret secret) {
    return credential.flatMap(
        found ->
            secret == null || secret.isEmpty()
                ? new Reply.Unusable<>(Flaw.SECRET_MISSING, found.id())
                : new Reply.Success<>(new Minted(found, secret)));
  }
}
