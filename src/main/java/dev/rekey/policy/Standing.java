package dev.rekey.policy;

import dev.rekey.upstream.Subject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a credential that decide when its policy rotates it.
 *
 * @param expiresAt the expiry at the upstream; null if there is none
 * @param ruledSince since when the policy's rules have applied to the credential
 * @param tries how often its rotation was tried in vain
 * @param triedAt when it was tried last; null if it was not
 * @param isHalted whether it needs an admin
 * @param pausedUntil the end of the pause; null if it is not paused
 * @param isBusy whether a rotation or delivery of the subject is not finished
 */
public record Standing(
    Subject subject,
    Instant createdAt,
    @Nullable Instant expiresAt,
    Instant ruledSince,
    int tries,
    @Nullable Instant triedAt,
    boolean isHalted,
    @Nullable Instant pausedUntil,
    boolean isBusy) {}
