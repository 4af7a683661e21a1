package dev.rekey.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.credential.CredentialView.Source;
import dev.rekey.credential.CredentialView.SourceKind;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one upstream credential. Times of the upstream's are kept to the microsecond.
 */
@Entity
public class Credential {

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
  private @Nullable Instant policyExpiresAt;
  private @Nullable Instant lastUsedAt;
  private @Nullable Instant deletedAt;
  private Instant recordedAt;
  private Instant observedAt;
  private @Nullable UUID rotationId;
  private @Nullable UUID replacedBy;
  private @Nullable Integer toldDays;
  private @Nullable Instant toldEnd;
  private @Nullable Instant tellAt;

  @SuppressWarnings("UnusedVariable") // The database is asked for it.
  private @Nullable UUID plannedBy;

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

  public PathId upstreamId() {
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

  @Nullable Instant createdAt() {
    return createdAt;
  }

  public Instant observedAt() {
    return observedAt;
  }

  public Instant recordedAt() {
    return recordedAt;
  }

  public CredentialStatus status() {
    return status;
  }

  /** Takes over what the upstream told at a time, unless something later is known already. */
  void observe(UpstreamCredential seen, Instant at, ExpiryPolicy policy) {
    if (at.isBefore(observedAt)) {
      return;
    }
    boolean changed = takeOver(seen, at);
    if (changed || observedAt.plus(OBSERVATION_GRAIN).isBefore(at)) {
      observedAt = at;
    }
    plan(policy);
  }

  /**
   * Takes over what a change of Rekey's own made of it. Whoever has asked the upstream before may
   * not know of that, so it counts as observed even if nothing is otherwise.
   */
  void change(CredentialNaming ours, UpstreamCredential seen, Instant at, ExpiryPolicy policy) {
    takeOver(only(ours, seen), at);
    witnessed(at);
    plan(policy);
  }

  /** Notes that it was looked at, unless something later is known already. */
  void witnessed(Instant at) {
    if (observedAt.isBefore(at)) {
      observedAt = at;
    }
  }

  /** Whether {@link #observe} would change the row. */
  boolean isNews(UpstreamCredential seen, Instant at) {
    return !at.isBefore(observedAt)
        && (observedAt.plus(OBSERVATION_GRAIN).isBefore(at) || differsFrom(seen, at));
  }

  /** Whether {@link #observe} would change more of it than when it was last looked at. */
  public boolean isOtherwise(UpstreamCredential seen, Instant at) {
    return !at.isBefore(observedAt) && differsFrom(seen, at);
  }

  /** What was seen, with what is known in the place of all that Rekey did not change. */
  private UpstreamCredential only(CredentialNaming ours, UpstreamCredential seen) {
    return new UpstreamCredential(
        seen.id(),
        clientId,
        ours.name() == null ? displayName : seen.name(),
        ours.description() == null ? description : seen.description(),
        seen.createdAt(),
        seen.updatedAt(),
        expiresAt,
        seen.lastUsedAt(),
        seen.deletedAt(),
        seen.attempt(),
        seen.permissions());
  }

  /** What somebody has changed in it. When it was last used is none of that. */
  public List<Change> drift(UpstreamCredential seen) {
    var drift = new ArrayList<Change>();
    compare(drift, "displayName", displayName, storable(seen.name()));
    compare(drift, "description", description, storable(seen.description()));
    compare(drift, "clientId", clientId, storable(seen.clientId()));
    compare(drift, "expiresAt", expiresAt, micros(seen.expiresAt()));
    return drift;
  }

  private static void compare(
      List<Change> drift, String field, @Nullable Object known, @Nullable Object seen) {
    if (!Objects.equals(known, seen)) {
      drift.add(new Change(field, text(known), text(seen)));
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  /** Works out anew when it ends by policy, and when its end has to be told. */
  void plan(ExpiryPolicy policy) {
    policyExpiresAt =
        expiresAt == null
            ? policy.end(subject(), createdAt == null ? recordedAt : createdAt)
            : null;
    if (!Objects.equals(end(), toldEnd)) {
      toldDays = null;
      toldEnd = null;
    }
    Instant end = end();
    tellAt = end == null ? null : policy.tellAt(end, toldDays);
    plannedBy = policy.id();
  }

  /**
   * That the end of a credential has come near, or has come.
   *
   * @param days before the end; 0 for the end itself
   * @param byPolicy whether it works on, because only Rekey's policy ends it
   */
  record Told(int days, Instant end, boolean byPolicy) {

    boolean isEnd() {
      return days == 0;
    }
  }

  /** Notes that its end is told; empty if there is nothing to tell now. */
  Optional<Told> tell(ExpiryPolicy policy, Instant now) {
    plan(policy);
    Instant end = end();
    if (status != CredentialStatus.ACTIVE || end == null || tellAt == null || tellAt.isAfter(now)) {
      return Optional.empty();
    }
    int days = policy.reached(end, now);
    boolean byPolicy = expiresAt == null;
    if (days == 0 && !byPolicy) {
      status = CredentialStatus.EXPIRED;
    }
    toldDays = days;
    toldEnd = end;
    tellAt = policy.tellAt(end, days);
    return Optional.of(new Told(days, end, byPolicy));
  }

  private @Nullable Instant end() {
    return expiresAt == null ? policyExpiresAt : expiresAt;
  }

  /** Notes that this rotation made it. */
  void mintedBy(UUID rotation) {
    origin = CredentialOrigin.MINTED;
    rotationId = rotation;
  }

  /** Notes that an operator named it; whether that is news of one that was only discovered. */
  boolean adopted() {
    boolean isNews = origin == CredentialOrigin.DISCOVERED;
    if (isNews) {
      origin = CredentialOrigin.ADOPTED;
    }
    return isNews;
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

  /** Notes that its upstream does not have it any more, though Rekey did not end it. */
  void missing(@Nullable Instant deleted, Instant at) {
    status = CredentialStatus.MISSING;
    deletedAt = micros(deleted);
    observedAt = at;
  }

  /** Notes which credential took its place, if it has gone. */
  void replacedBy(UUID successor) {
    if (isGone() && replacedBy == null) {
      replacedBy = successor;
    }
  }

  boolean isActive() {
    return status == CredentialStatus.ACTIVE;
  }

  /** Whether it is not at its upstream any more, as far as is known. */
  public boolean isGone() {
    return status == CredentialStatus.RETIRED || status == CredentialStatus.MISSING;
  }

  private boolean isLive() {
    return status == CredentialStatus.ACTIVE || status == CredentialStatus.RETIRING;
  }

  private boolean takeOver(UpstreamCredential seen, Instant at) {
    if (!differsFrom(seen, at)) {
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
    status = statusAfter(seen, at);
    return true;
  }

  private boolean differsFrom(UpstreamCredential seen, Instant at) {
    return !(Objects.equals(clientId, storable(seen.clientId()))
        && Objects.equals(displayName, storable(seen.name()))
        && Objects.equals(description, storable(seen.description()))
        && Objects.equals(createdAt, micros(seen.createdAt()))
        && Objects.equals(updatedAt, micros(seen.updatedAt()))
        && Objects.equals(expiresAt, micros(seen.expiresAt()))
        && Objects.equals(lastUsedAt, micros(seen.lastUsedAt()))
        && Objects.equals(deletedAt, micros(seen.deletedAt()))
        && status == statusAfter(seen, at));
  }

  // That its time has run out is told by the clock.
  private CredentialStatus statusAfter(UpstreamCredential seen, Instant at) {
    if (seen.deletedAt() != null) {
      return isGone() ? status : CredentialStatus.RETIRED;
    }
    return switch (status) {
      case RETIRING -> CredentialStatus.RETIRING;
      case EXPIRED ->
          seen.expiresAt() == null || seen.expiresAt().isAfter(at)
              ? CredentialStatus.ACTIVE
              : CredentialStatus.EXPIRED;
      case ACTIVE, RETIRED, MISSING -> CredentialStatus.ACTIVE;
    };
  }

  private static @Nullable Instant micros(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }

  // As it comes back from PostgreSQL, which has no place in a text for NUL, nor for half a
  // character.
  private static @Nullable String storable(@Nullable String text) {
    return text == null ? null : new String(text.replace("\0", "").getBytes(UTF_8), UTF_8);
  }

  /**
   * As the inventory shows it.
   *
   * @param lookedAt when it was last looked at without anything being noted; null if never
   */
  CredentialView view(@Nullable Instant lookedAt) {
    Instant observed =
        lookedAt == null || isGone() || lookedAt.isBefore(observedAt) ? observedAt : lookedAt;
    return new CredentialView(
        id,
        upstream,
        subject,
        upstreamId,
        clientId,
        displayName,
        description,
        status,
        origin,
        createdAt,
        updatedAt,
        expiresAt,
        policyExpiresAt,
        lastUsedAt,
        deletedAt,
        recordedAt,
        observed,
        rotationId,
        replacedBy,
        new CredentialView.Sources(
            new Source(SourceKind.UPSTREAM, observed),
            statusSource(observed),
            endSource(observed)));
  }

  private Source statusSource(Instant observed) {
    return switch (status) {
      case ACTIVE, MISSING -> new Source(SourceKind.UPSTREAM, observed);
      case RETIRING -> new Source(SourceKind.REKEY, observed);
      case RETIRED -> new Source(SourceKind.REKEY, deletedAt == null ? observed : deletedAt);
      case EXPIRED -> new Source(SourceKind.CLOCK, expiresAt == null ? observed : expiresAt);
    };
  }

  private @Nullable Source endSource(Instant observed) {
    if (expiresAt != null) {
      return new Source(SourceKind.UPSTREAM, observed);
    }
    return policyExpiresAt == null ? null : new Source(SourceKind.POLICY, observed);
  }
}
