package dev.rekey.rotation;

import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A committed update, delete or revoke that may be sent.
 *
 * @param rotation the rotation that needs the change; null if there is none
 * @param update the requested name and description; null parts stay as they are
 * @param changes the same with the previous values, for the history
 * @param sendBy nothing may be sent after it
 */
record OpenChange(
    UUID id,
    ChangeKind kind,
    Initiator by,
    PathId target,
    @Nullable UUID rotation,
    CredentialNaming update,
    List<Change> changes,
    Deadline sendBy) {}
