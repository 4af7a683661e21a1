package dev.rekey.rotation;

import dev.rekey.upstream.Minted;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A new credential on its way to who wanted it.
 *
 * @param credentialId its place in the inventory; null if the database went away before it could be
 *     entered there
 */
public record Delivery(UUID rotationId, @Nullable UUID credentialId, Minted minted) {}
