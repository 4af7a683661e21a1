package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A claimed attempt whose outcome is to be found out.
 *
 * @param made the credential that it made, if that is known; its secret was not delivered
 * @param epoch a conclusion counts only while the attempt has this epoch
 * @param checks the number of checks, including this one
 */
record DueMint(
    UUID attempt,
    UUID rotation,
    Subject subject,
    MutationState state,
    @Nullable PathId made,
    Instant startedAt,
    Instant leaseUntil,
    int epoch,
    int checks) {

  DueMint claimed() {
    return new DueMint(
        attempt, rotation, subject, state, made, startedAt, leaseUntil, epoch + 1, checks + 1);
  }
}
