package dev.rekey.audit;

import dev.rekey.platform.query.QueryText;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The query parameters of the routes that return single events, not counts. */
public record EventQuery(
    @Nullable String actor, @Nullable UUID credentialId, @Nullable UUID rotationId) {

  /** Throws an {@code invalid-parameter} problem if a value is malformed. */
  public AuditFilter filter() {
    return AuditFilter.ALL
        .with("actor", "e.actor_id", QueryText.name("actor", actor), event -> event.actor().id())
        .withId("credentialId", "e.credential_id", credentialId, AuditEvent::credentialId)
        .withId("rotationId", "e.rotation_id", rotationId, AuditEvent::rotationId);
  }
}
