package dev.rekey.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditEvent;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The body of a webhook: a CloudEvents 1.0 event in structured mode, with the audit event as data.
 * Types, such as {@code dev.rekey.credential.expiring}, are never renamed.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CloudEvent(
    String specversion,
    UUID id,
    URI source,
    String type,
    @Nullable String subject,
    Instant time,
    String datacontenttype,
    AuditEvent data) {

  static CloudEvent of(AuditEvent event, URI source) {
    return new CloudEvent(
        "1.0",
        event.id(),
        source,
        "dev.rekey." + event.type().text(),
        event.subject(),
        event.occurredAt(),
        "application/json",
        event);
  }
}
