package dev.rekey.rotation;

/** How far the delivery of a secret to its target has come. */
public enum DeliveryState {
  /** Nothing is minted yet, or it is not known whether. */
  RESERVED,
  /** The credential is minted, and the target does not have it yet. */
  OUTSTANDING,
  /** The target has it. */
  DELIVERED,
  /** Rekey gave up. The target may hold a pair that does not work. */
  PARKED,
  /** A later rotation was delivered to the target. */
  SUPERSEDED
}
