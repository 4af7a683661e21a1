package dev.rekey.upstream;

import org.jspecify.annotations.Nullable;

/** A credential's name and description; null where unknown or, in an update, unchanged. */
public record CredentialNaming(@Nullable String name, @Nullable String description) {

  public static final CredentialNaming NONE = new CredentialNaming(null, null);
}
