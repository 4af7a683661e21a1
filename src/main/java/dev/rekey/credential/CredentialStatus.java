package dev.rekey.credential;

/** Where a credential stands in its life. */
public enum CredentialStatus {
  /** It works, as far as is known. */
  ACTIVE,
  /** It works until its deadline. */
  RETIRING,
  /** It was ended. */
  RETIRED,
  /** Its time ran out. */
  EXPIRED,
  /** Its upstream does not know it any more, and it was not ended through Rekey. */
  MISSING
}
