package dev.rekey.rotation;

import dev.rekey.credential.CredentialReads;
import dev.rekey.platform.Ids;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Confirms rotations by the first use of the new credential, where the caller asked for that. */
@Component
class FirstUses {

  private static final Logger log = LoggerFactory.getLogger(FirstUses.class);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  private final RotationDecisionLedger ledger;
  private final OwnLogins ownLogins;
  private final CredentialReads reads;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final Clock clock;

  FirstUses(
      RotationDecisionLedger ledger,
      OwnLogins ownLogins,
      CredentialReads reads,
      Upstreams upstreams,
      RotationProperties properties,
      Clock clock) {
    this.ledger = ledger;
    this.ownLogins = ownLogins;
    this.reads = reads;
    this.upstreams = upstreams;
    this.properties = properties;
    this.clock = clock;
  }

  /** Reads the new credential of a claimed rotation once. */
  void check(RotationStatus status) {
    Known made = status.made();
    if (made == null || !status.possible().contains(Action.CONFIRM)) {
      ledger.checkFirstUseAgain(status.rotation(), null);
      return;
    }
    Upstream upstream = upstreams.of(status.subject());
    Instant firstUse =
        reads.read(status.subject(), upstream, made.upstreamId())
                instanceof Reply.Success<UpstreamCredential>(var seen)
            ? firstUse(status, seen)
            : null;
    if (firstUse != null && !replacesOwnLogin(status)) {
      confirm(status, firstUse);
    } else {
      ledger.checkFirstUseAgain(status.rotation(), pause(status.rotation()));
    }
  }

  private boolean replacesOwnLogin(RotationStatus status) {
    Known old = Objects.requireNonNull(status.old()).known();
    return ownLogins.include(status.subject(), old.upstreamId());
  }

  /** The last use since the mint; null if there is none. */
  private static @Nullable Instant firstUse(RotationStatus status, UpstreamCredential made) {
    Instant mintedAt =
        made.createdAt() == null ? Ids.createdAt(status.rotation()) : made.createdAt();
    Instant used = made.lastUsedAt();
    return used == null || used.isBefore(mintedAt) ? null : used;
  }

  private void confirm(RotationStatus status, Instant firstUse) {
    try {
      ledger.confirm(
          status.rotation(),
          Initiator.rekey(status.subject()),
          null,
          false,
          "the new credential was first seen used at " + firstUse);
    } catch (ProblemException e) {
      log.info("Rotation {} can no longer be confirmed", status.rotation());
    }
  }

  // The longer it takes, the less a delay matters.
  private Duration pause(UUID rotation) {
    Duration pause = Duration.between(Ids.createdAt(rotation), clock.instant()).dividedBy(20);
    Duration shortest = properties.retireEvery();
    if (pause.compareTo(shortest) < 0) {
      return shortest;
    }
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
