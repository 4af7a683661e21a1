package dev.rekey.notification;

import dev.rekey.platform.Deadline;
import java.time.Duration;
import java.util.UUID;

/**
 * A webhook that was taken over to be delivered now.
 *
 * @param event its id; receivers know a repetition by it
 * @param body what is sent, byte for byte
 * @param tries how often it was taken over, this time included; a conclusion counts only while this
 *     stays the same
 * @param age for how long it has been tried, or has waited to be
 * @param sendBy nothing is sent later than this, because others may have taken it over then
 */
record Due(UUID id, UUID event, String body, int tries, Duration age, Deadline sendBy) {}
