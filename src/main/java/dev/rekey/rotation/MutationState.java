package dev.rekey.rotation;

import io.swagger.v3.oas.annotations.media.Schema;

/** Where a change at an upstream stands. */
@Schema(
    enumAsRef = true,
    example = "SUCCEEDED",
    description =
        "Where a change at an upstream stands. PENDING: written down; it may be under way, or have"
            + " been cut off. SUCCEEDED: it took effect. NOT_ATTEMPTED: nothing was sent."
            + " REJECTED: the upstream refused it before acting. UNKNOWN: it was sent, and whether"
            + " it took effect is not known.")
enum MutationState {
  /** Written down; it may be under way, or have been cut off. */
  PENDING,
  SUCCEEDED,
  /** Nothing was sent. */
  NOT_ATTEMPTED,
  /** The upstream refused it before acting. */
  REJECTED,
  /** It was sent, and whether it took effect is not known. */
  UNKNOWN
}
