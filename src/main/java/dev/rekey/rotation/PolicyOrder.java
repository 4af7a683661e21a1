package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A policy's order to rotate a credential, and to deliver the new secret to the target of the
 * subject.
 *
 * @param upstream the upstream of the subject for background work
 * @param old the credential that is due
 * @param overlap how long it stays valid after the first use of the new one; null for the default.
 *     Without effect where the upstream ends it at once.
 * @param actor the policy in the history, such as {@code policy/connectors}
 * @param why why it is rotated now, for the history
 */
public record PolicyOrder(
    Subject subject,
    Upstream upstream,
    PathId old,
    @Nullable Duration overlap,
    String actor,
    String why) {}
