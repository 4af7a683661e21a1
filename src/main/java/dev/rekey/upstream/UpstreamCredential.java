package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential's metadata as reported by its upstream. Absent and empty values are null.
 *
 * @param clientId the public half of the credential
 * @param lastUsedAt null if never used, or not reported
 * @param expiresAt null if it does not expire
 * @param deletedAt set where an upstream keeps deleted credentials readable
 * @param attempt the attempt of Rekey that created it; null if unknown
 * @param permissions what Rekey's token may do to it; null unless requested
 */
public record UpstreamCredential(
    PathId id,
    @Nullable String clientId,
    @Nullable String name,
    @Nullable String description,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant deletedAt,
    @Nullable UUID attempt,
    @Nullable Map<String, Map<String, Boolean>> permissions) {}
