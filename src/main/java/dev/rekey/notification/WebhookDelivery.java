package dev.rekey.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Cursor;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One webhook to one target, as operators see it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(description = "One webhook to one target.")
record WebhookDelivery(
    @Schema(description = "Its id, a UUIDv7.", example = "019aa8a6-0d1f-7c3d-8e4f-5a6b7c8d9e0f")
        UUID id,
    @Schema(description = "The target's name in the configuration.", example = "pager")
        String target,
    @Schema(
            description =
                "The event that it tells of. Its webhook-id, by which receivers know a repetition.",
            example = "019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192")
        UUID eventId,
    @Schema(description = "What kind of event.") AuditType type,
    @Schema(
            description = "The connector or service account that the event is about.",
            example = "organizations/acme/service-accounts/checkout")
        @Nullable String subject,
    @Schema(description = "How it stands.") DeliveryState state,
    @Schema(description = "How often it was tried.", example = "412") int tries,
    @Schema(description = "When it was written down.", example = "2026-11-19T09:31:00.123456Z")
        Instant createdAt,
    @Schema(
            description =
                "When it is tried next, if no older one of the same credential waits; null if it is"
                    + " not to be.")
        @Nullable Instant nextTryAt,
    @Schema(
            description = "When it was delivered or given up; null while it is to be delivered.",
            example = "2026-11-22T09:31:07.654321Z")
        @Nullable Instant settledAt,
    @Schema(
            description = "What the last try came to that failed; null if none has.",
            example = "answered 500")
        @Nullable String lastFailure,
    @Schema(
            description =
                "What is sent, byte for byte: a CloudEvent as JSON, whose data is the event as"
                    + " GET /api/v1/audit-events/{id} shows it.",
            example =
                "{\"specversion\":\"1.0\",\"id\":\"019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192\","
                    + "\"source\":\"/rekey\",\"type\":\"dev.rekey.credential.missing\", …")
        String body) {

  Cursor place() {
    return new Cursor(createdAt, id);
  }
}
