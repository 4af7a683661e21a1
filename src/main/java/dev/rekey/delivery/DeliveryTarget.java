package dev.rekey.delivery;

import dev.rekey.upstream.Minted;
import java.util.UUID;

/**
 * A place where the secret of one subject is used. No method throws for a place that fails, and no
 * reply contains a secret.
 */
public interface DeliveryTarget {

  /** The name in settings, the API and the history. */
  String name();

  /** The kind and the address of the place, such as {@code kubernetes/identity/okta-connector}. */
  String describe();

  /**
   * Checks that a secret could be delivered now, and what is there. Changes nothing.
   *
   * @param rotation the rotation that would deliver it
   */
  TargetReply<Held> check(UUID rotation);

  /** Reads which secret is there. */
  TargetReply<Held> held();

  /**
   * Puts the credential there, unless it is there already or a newer one is. May be repeated: the
   * place has either the old pair or the new one, never a part of each.
   */
  TargetReply<Held> deliver(Handover handover, Minted minted);

  /** Whether there are workloads to restart. */
  boolean restarts();

  /**
   * Has the workloads use what was delivered. May be repeated: a workload restarts once for each
   * handover.
   */
  TargetReply<Held> restart(Handover handover);
}
