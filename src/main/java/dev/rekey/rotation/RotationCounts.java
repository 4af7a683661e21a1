package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of rotations in the summary.
 *
 * @param unknown the rotations of unknown outcome
 * @param oldestUnknownAt when the oldest of them was requested; null if there is none
 * @param oldestUnknownSeconds the seconds since then, never negative
 * @param today when today began in the requested time zone
 * @param todayByState the rotations that were requested today, with every state
 */
record RotationCounts(
    long unknown,
    @Nullable Instant oldestUnknownAt,
    @Nullable Long oldestUnknownSeconds,
    Instant today,
    List<OfState> todayByState) {

  record OfState(MutationState state, long rotations) {}
}
