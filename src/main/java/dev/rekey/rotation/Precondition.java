package dev.rekey.rotation;

import java.util.UUID;

/**
 * A condition for opening a rotation, and its consequence when the rotation succeeds. Each method
 * runs in the transaction of the ledger that calls it.
 */
interface Precondition {

  /** Every rotation may be opened, and success has no further consequence. */
  Precondition NONE = new Precondition() {};

  /** Locks the rows that the condition reads. Runs before the rotation's own row is locked. */
  default void lock() {}

  /** Throws a problem unless the rotation may be opened now. */
  default void admit() {}

  /**
   * Records the consequence of success.
   *
   * @param rotation the rotation that succeeded
   * @param credential the new credential in the inventory
   */
  default void recorded(UUID rotation, UUID credential) {}
}
