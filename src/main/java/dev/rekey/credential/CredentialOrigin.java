package dev.rekey.credential;

/** How a credential came into the inventory. */
enum CredentialOrigin {
  /** Rekey made it. */
  MINTED,
  /** It was seen at its upstream. */
  DISCOVERED,
  /** An operator named it. */
  ADOPTED
}
