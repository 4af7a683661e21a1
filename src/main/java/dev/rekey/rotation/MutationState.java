package dev.rekey.rotation;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a change at an upstream stands. This is the one place that says which way it may go; the
 * database holds the same in {@code mutation_transition} and refuses all else.
 */
enum MutationState {
  /** Written down; it may be under way. */
  PENDING,
  SUCCEEDED,
  /** Nothing was sent. */
  NOT_ATTEMPTED,
  /** The upstream refused it before acting. */
  REJECTED,
  /** It was sent, and whether it took effect is not known yet. */
  UNKNOWN,
  /** It was sent and did not take effect. */
  NOT_APPLIED,
  /** It made a credential whose secret nobody got, which was ended. */
  ORPHAN_REMOVED,
  /** It made a credential that could not be recorded and was ended again. */
  COMPENSATED,
  /** A later rotation ended what it may have made. */
  SUPERSEDED,
  /** An admin closed it. */
  RESOLVED;

  /** The states that may follow. Only a rotation can become PENDING again, by a new attempt. */
  Set<MutationState> next() {
    return switch (this) {
      case PENDING -> EnumSet.of(SUCCEEDED, NOT_ATTEMPTED, REJECTED, UNKNOWN, COMPENSATED);
      case UNKNOWN ->
          EnumSet.of(
              SUCCEEDED,
              NOT_ATTEMPTED,
              REJECTED,
              NOT_APPLIED,
              ORPHAN_REMOVED,
              COMPENSATED,
              SUPERSEDED,
              RESOLVED);
      case NOT_APPLIED -> EnumSet.of(ORPHAN_REMOVED, COMPENSATED, PENDING);
      case SUCCEEDED -> EnumSet.of(COMPENSATED);
      case NOT_ATTEMPTED, ORPHAN_REMOVED, COMPENSATED, REJECTED -> EnumSet.of(PENDING);
      case SUPERSEDED, RESOLVED -> EnumSet.noneOf(MutationState.class);
    };
  }
}
