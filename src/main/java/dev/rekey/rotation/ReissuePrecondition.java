package dev.rekey.rotation;

import dev.rekey.access.Permit;
import java.util.UUID;

/**
 * A rotation can be reissued once, while its own credential is active. The reissue then retires
 * that credential.
 *
 * @param lost the rotation whose secret was lost
 */
record ReissuePrecondition(
    UUID lost, Permit.Write permit, RotationStatuses statuses, RotationDecisionLedger decisions)
    implements Precondition {

  @Override
  public void lock() {
    statuses.lockRow(lost);
  }

  @Override
  public void admit() {
    decisions.admitReissue(lost, permit);
  }

  @Override
  public void recorded(UUID rotation, UUID credential) {
    decisions.reissued(lost, rotation, credential, permit);
  }
}
