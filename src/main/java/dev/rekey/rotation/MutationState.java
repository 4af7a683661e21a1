package dev.rekey.rotation;

import dev.rekey.audit.AuditOutcome;
import java.util.EnumSet;
import java.util.Set;

/**
 * The state of a change at an upstream. This class defines the transitions; the database has the
 * same ones in {@code mutation_transition} and refuses all others.
 */
public enum MutationState {
  /** Committed; the call may be in progress. */
  PENDING,
  SUCCEEDED,
  /** Nothing was sent. */
  NOT_ATTEMPTED,
  /** The upstream refused it before acting. */
  REJECTED,
  /** It may have been sent, and it is not known whether it took effect. */
  UNKNOWN,
  /** It was sent and did not take effect. */
  NOT_APPLIED,
  /** It made a credential whose secret was not delivered, and which was retired. */
  ORPHAN_REMOVED,
  /** It made a credential that could not be recorded, and which was retired. */
  COMPENSATED,
  /** A later rotation of the target replaced the credential that it may have made. */
  SUPERSEDED,
  /** An admin closed it. */
  RESOLVED;

  /** The possible next states. Only a rotation can become PENDING again, by a new attempt. */
  Set<MutationState> next() {
    return switch (this) {
      case PENDING -> EnumSet.of(SUCCEEDED, NOT_ATTEMPTED, REJECTED, UNKNOWN, COMPENSATED);
      case UNKNOWN -> EnumSet.complementOf(EnumSet.of(PENDING, UNKNOWN));
      case NOT_APPLIED -> EnumSet.of(ORPHAN_REMOVED, COMPENSATED, PENDING);
      case SUCCEEDED -> EnumSet.of(COMPENSATED);
      case NOT_ATTEMPTED, ORPHAN_REMOVED, COMPENSATED, REJECTED -> EnumSet.of(PENDING);
      case SUPERSEDED, RESOLVED -> EnumSet.noneOf(MutationState.class);
    };
  }

  /** The history's word for this outcome; throws for a state that is no outcome. */
  AuditOutcome audited() {
    return switch (this) {
      case ORPHAN_REMOVED, COMPENSATED -> AuditOutcome.NOT_APPLIED;
      default -> AuditOutcome.valueOf(name());
    };
  }
}
