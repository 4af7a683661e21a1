package dev.rekey.upstream;

import org.jspecify.annotations.Nullable;

/** What a credential is called, or is to be; null is what is not known, or not to be changed. */
public record CredentialNaming(@Nullable String name, @Nullable String description) {

  /** For upstreams that let nobody choose, and for credentials that nothing is known of. */
  public static final CredentialNaming NONE = new CredentialNaming(null, null);
}
