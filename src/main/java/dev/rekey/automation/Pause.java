package dev.rekey.automation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pause of the rotations by policies.
 *
 * @param subject null for all subjects
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Pause(
    @Nullable String subject, String reason, String pausedBy, Instant pausedAt, Instant until) {}
