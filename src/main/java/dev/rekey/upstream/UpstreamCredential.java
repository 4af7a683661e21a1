package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential's metadata as its upstream tells it. Absent, null and empty all arrive here as null.
 *
 * @param id the upstream's own id
 * @param clientId the public half of the credential
 * @param lastUsedAt null if the upstream says never, or says nothing
 * @param expiresAt null if it does not expire
 * @param deletedAt set where an upstream keeps deleted credentials readable
 * @param attempt the attempt of ours that made it, where the credential tells
 * @param permissions what our token may do to it; null unless asked for
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
