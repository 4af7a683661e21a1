package dev.rekey.credential;

/** How a credential came into the inventory. */
public enum CredentialOrigin {
  /** A rotation minted it. */
  MINTED,
  /** Rekey saw it at its upstream. */
  DISCOVERED,
  /** An operator registered it. */
  ADOPTED
}
