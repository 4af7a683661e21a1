package dev.rekey.delivery;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a place keeps beside a delivered secret.
 *
 * @param rotatedAt when the credential was minted; of two handovers, the later one is newer
 * @param oldEndsAt the earliest time at which the old credential is retired; null if no old
 *     credential stays valid
 */
public record Handover(
    UUID rotation,
    Subject subject,
    PathId credential,
    Instant rotatedAt,
    @Nullable Instant oldEndsAt) {}
