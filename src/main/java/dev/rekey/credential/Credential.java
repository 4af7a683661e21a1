package dev.rekey.credential;

import dev.rekey.platform.Cursor;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one upstream credential. Times of the upstream's are kept to the microsecond.
 */
@Entity
class Credential {

  /** How stale {@code observedAt} may get before a look that found no change is noted. */
  private static final Duration OBSERVATION_GRAIN = Duration.ofMinutes(1);

  @Id private UUID id;
  private String upstream;
  private String subject;
  private String upstreamId;
  private @Nullable String clientId;
  private @Nullable String displayName;
  private @Nullable String description;

  @Enumerated(EnumType.STRING)
  private CredentialStatus status;

  @Enumerated(EnumType.STRING)
  private CredentialOrigin origin;

  private @Nullable Instant createdAt;
  private @Nullable Instant updatedAt;
  private @Nullable Instant expiresAt;
  private @Nullable Instant lastUsedAt;
  private @Nullable Instant deletedAt;
  private Instant recordedAt;
  private Instant observedAt;
  private @Nullable UUID rotationId;
  private @Nullable UUID replacedBy;
  @Version private @Nullable Integer version;

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected Credential() {}

  UUID id() {
    return id;
  }

  Subject subject() {
    return new Subject(new UpstreamName(upstream), subject);
  }

  PathId upstreamId() {
    return PathId.of(upstreamId);
  }

  @Nullable String displayName() {
    return displayName;
  }

  @Nullable String description() {
    return description;
  }

  @Nullable UUID rotationId() {
    return rotationId;
  }

  @Nullable UUID replacedBy() {
    return replacedBy;
  }

  Cursor place() {
    return new Cursor(recordedAt, id);
  }

  /** Takes over what the upstream told at a time, unless something later is known already. */
  void observe(UpstreamCredential seen, Instant at) {
    if (at.isBefore(observedAt)) {
      return;
    }
    boolean changed = takeOver(seen);
    if (changed || observedAt.plus(OBSERVATION_GRAIN).isBefore(at)) {
      observedAt = at;
    }
  }

  /** Whether {@link #observe} would change the row. */
  boolean isNews(UpstreamCredential seen, Instant at) {
    return !at.isBefore(observedAt)
        && (observedAt.plus(OBSERVATION_GRAIN).isBefore(at) || differsFrom(seen));
  }

  /** Notes that this rotation made it. */
  void mintedBy(UUID rotation) {
    origin = CredentialOrigin.MINTED;
    rotationId = rotation;
  }

  /** Notes that it is to be ended, because another one takes its place; nothing if it is gone. */
  void retiring(UUID successor) {
    if (isLive()) {
      status = CredentialStatus.RETIRING;
      replacedBy = successor;
    }
  }

  /** Notes that it is not to be ended after all; nothing if it is gone. */
  void kept() {
    if (status == CredentialStatus.RETIRING) {
      status = CredentialStatus.ACTIVE;
      replacedBy = null;
    }
  }

  /** Notes that it was ended through Rekey. */
  void retired(Instant at) {
    status = CredentialStatus.RETIRED;
    deletedAt = deletedAt == null ? at : deletedAt;
    observedAt = at;
  }

  /** Notes that its upstream answered 404 for it, unless it was seen, or ended, since. */
  void missing(Instant at) {
    if (isLive() && observedAt.isBefore(at)) {
      status = CredentialStatus.MISSING;
      observedAt = at;
    }
  }

  /** Notes which credential took its place, if it has gone. */
  void replacedBy(UUID successor) {
    if (!isLive() && replacedBy == null) {
      replacedBy = successor;
    }
  }

  boolean isActive() {
    return status == CredentialStatus.ACTIVE;
  }

  boolean isRetired() {
    return status == CredentialStatus.RETIRED;
  }

  private boolean isLive() {
    return status == CredentialStatus.ACTIVE || status == CredentialStatus.RETIRING;
  }

  private boolean takeOver(UpstreamCredential seen) {
    if (!differsFrom(seen)) {
      return false;
    }
    clientId = storable(seen.clientId());
    displayName = storable(seen.name());
    description = storable(seen.description());
    createdAt = micros(seen.createdAt());
    updatedAt = micros(seen.updatedAt());
    expiresAt = micros(seen.expiresAt());
    lastUsedAt = micros(seen.lastUsedAt());
    deletedAt = micros(seen.deletedAt());
    status = statusAfter(seen);
    return true;
  }

  private boolean differsFrom(UpstreamCredential seen) {
    return !(Objects.equals(clientId, storable(seen.clientId()))
        && Objects.equals(displayName, storable(seen.name()))
        && Objects.equals(description, storable(seen.description()))
        && Objects.equals(createdAt, micros(seen.createdAt()))
        && Objects.equals(updatedAt, micros(seen.updatedAt()))
        && Objects.equals(expiresAt, micros(seen.expiresAt()))
        && Objects.equals(lastUsedAt, micros(seen.lastUsedAt()))
        && Objects.equals(deletedAt, micros(seen.deletedAt()))
        && status == statusAfter(seen));
  }

  private CredentialStatus statusAfter(UpstreamCredential seen) {
    if (seen.deletedAt() != null) {
      return CredentialStatus.RETIRED;
    }
    return status == CredentialStatus.RETIRING ? status : CredentialStatus.ACTIVE;
  }

  private static @Nullable Instant micros(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }

  // PostgreSQL has no place for NUL in a text.
  private static @Nullable String storable(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }

  CredentialView view(Instant now) {
    boolean expired =
        status == CredentialStatus.ACTIVE && expiresAt != null && !expiresAt.isAfter(now);
    return new CredentialView(
        id,
        upstream,
        subject,
        upstreamId,
        clientId,
        displayName,
        description,
        expired ? CredentialStatus.EXPIRED : status,
        origin,
        createdAt,
        updatedAt,
        expiresAt,
        lastUsedAt,
        deletedAt,
        recordedAt,
        observedAt,
        rotationId,
        replacedBy);
  }
}
