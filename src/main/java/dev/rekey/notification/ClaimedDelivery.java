package dev.rekey.notification;

import dev.rekey.platform.Deadline;
import java.time.Duration;
import java.util.UUID;

/**
 * A delivery that this replica claimed and sends now.
 *
 * @param eventId the event's id, which receivers recognize repetitions by
 * @param body the exact text to send
 * @param tries the number of claims including this one; a result counts only while this is
 *     unchanged
 * @param age how long it has been pending
 * @param sendBy nothing is sent after it, because another replica may have claimed it by then
 */
record ClaimedDelivery(
    UUID id, UUID eventId, String body, int tries, Duration age, Deadline sendBy) {}
