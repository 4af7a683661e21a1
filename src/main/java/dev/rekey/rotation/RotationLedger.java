package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Minted;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Steps 1 and 3 of a rotation, each one short transaction. */
@Component
class RotationLedger {

  /** Official clients give up repeating by themselves within this time. */
  private static final Duration REPEATS_WITHIN = Duration.ofMinutes(5);

  private static final Set<MutationState> MAY_HAVE_MINTED =
      EnumSet.of(MutationState.PENDING, MutationState.SUCCEEDED, MutationState.UNKNOWN);

  private final RotationRepository rotations;
  private final Credentials credentials;
  private final AuditLog audit;
  private final Clock clock;

  RotationLedger(
      RotationRepository rotations, Credentials credentials, AuditLog audit, Clock clock) {
    this.rotations = rotations;
    this.credentials = credentials;
    this.audit = audit;
    this.clock = clock;
  }

  /** Writes the wish down. Unless this returns, nothing may be sent. */
  @Transactional
  void open(UUID id, Permit.Write permit, Label request) {
    rotations.save(new Rotation(id, permit, request, clock.instant()));
    audit.append(AuditEntry.of(AuditType.ROTATION_REQUESTED, permit).rotation(id));
  }

  /**
   * Writes down how it ended; can be called again if it is not known whether the call before took.
   *
   * @return the new credential in the inventory; null if there is none
   */
  @Transactional
  @Nullable UUID close(UUID id, Permit.Write permit, Outcome<Minted> outcome) {
    Rotation rotation = rotations.lock(id).orElseThrow();
    if (!rotation.isPending()) {
      return rotation.credentialId();
    }
    Instant now = clock.instant();
    AuditEntry entry =
        AuditEntry.of(type(outcome), permit)
            .rotation(id)
            .ended(outcome.audited(), outcome.reason());
    UUID credential = null;
    if (outcome instanceof Outcome.Succeeded<Minted>(var minted)) {
      credential = credentials.minted(permit.subject(), minted.credential(), id, now);
      entry = entry.credential(minted.credential().id(), credential);
    }
    rotation.close(outcome, credential, now);
    audit.append(entry);
    return credential;
  }

  /** The rotation that a request repeats which says of itself that it is a repetition. */
  @Transactional(readOnly = true)
  Optional<UUID> repeated(Permit.Write permit, Label request) {
    return rotations.findSame(
        permit.caller().id(),
        permit.subject().name(),
        request.name(),
        clock.instant().minus(REPEATS_WITHIN),
        MAY_HAVE_MINTED);
  }

  private static AuditType type(Outcome<Minted> outcome) {
    return switch (outcome) {
      case Outcome.Succeeded<Minted> _ -> AuditType.ROTATION_SUCCEEDED;
      case Outcome.NotAttempted<Minted> _ -> AuditType.ROTATION_NOT_ATTEMPTED;
      case Outcome.Rejected<Minted> _ -> AuditType.ROTATION_REJECTED;
      case Outcome.Unknown<Minted> _ -> AuditType.ROTATION_UNKNOWN;
    };
  }
}
