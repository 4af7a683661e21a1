package dev.rekey.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.query.Cursor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A webhook delivery in responses of the API. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record WebhookDelivery(
    UUID id,
    String target,
    UUID eventId,
    AuditType type,
    @Nullable String subject,
    State state,
    int tries,
    Instant createdAt,
    @Nullable Instant nextTryAt,
    @Nullable Instant settledAt,
    @Nullable String lastFailure,
    String body) {

  public enum State {
    PENDING,
    DELIVERED,
    DEAD
  }

  Cursor cursor() {
    return new Cursor(createdAt, id);
  }
}
