package dev.rekey.credential;

import java.time.Instant;
import java.util.Set;

/** The state of a credential in its life cycle. */
public enum CredentialStatus {
  /** The credential works, as far as Rekey knows. */
  ACTIVE,
  /** The credential works, and Rekey retires it at a deadline. */
  RETIRING,
  /** The credential was deleted or revoked. */
  RETIRED,
  /** The upstream's expiry time has passed. */
  EXPIRED,
  /** The upstream no longer has the credential, and Rekey did not delete or revoke it. */
  MISSING;

  static final Set<CredentialStatus> LIVE = Set.of(ACTIVE, RETIRING);

  boolean isLive() {
    return LIVE.contains(this);
  }

  boolean isGone() {
    return this == RETIRED || this == MISSING;
  }

  /** Returns the status after the upstream reported these facts. Only the clock sets EXPIRED. */
  CredentialStatus afterSeen(CredentialFacts seen, Instant at) {
    if (seen.deletedAt() != null) {
      return isGone() ? this : RETIRED;
    }
    return switch (this) {
      case RETIRING -> RETIRING;
      case EXPIRED -> seen.expiresAt() == null || seen.expiresAt().isAfter(at) ? ACTIVE : EXPIRED;
      case ACTIVE, RETIRED, MISSING -> ACTIVE;
    };
  }
}
