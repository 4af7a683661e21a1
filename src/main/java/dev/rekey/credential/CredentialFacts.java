package dev.rekey.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.UpstreamCredential;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The facts that an upstream reports about a credential, in the form in which PostgreSQL returns
 * them. Times are in microseconds. Null means that the upstream reports nothing.
 */
@Embeddable
record CredentialFacts(
    @Nullable String clientId,
    @Nullable String displayName,
    @Nullable String description,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant deletedAt) {

  static final CredentialFacts NONE =
      new CredentialFacts(null, null, null, null, null, null, null, null);

  static CredentialFacts of(UpstreamCredential seen) {
    return new CredentialFacts(
        storable(seen.clientId()),
        storable(seen.name()),
        storable(seen.description()),
        micros(seen.createdAt()),
        micros(seen.updatedAt()),
        micros(seen.expiresAt()),
        micros(seen.lastUsedAt()),
        micros(seen.deletedAt()));
  }

  /** Returns the differences in names, client id and expiry; others are not drift. */
  List<Change> changesTo(CredentialFacts seen) {
    var changes = new ArrayList<Change>();
    compare(changes, "displayName", displayName, seen.displayName);
    compare(changes, "description", description, seen.description);
    compare(changes, "clientId", clientId, seen.clientId);
    compare(changes, "expiresAt", expiresAt, seen.expiresAt);
    return changes;
  }

  private static void compare(
      List<Change> changes, String field, @Nullable Object known, @Nullable Object seen) {
    if (!Objects.equals(known, seen)) {
      changes.add(new Change(field, Objects.toString(known, null), Objects.toString(seen, null)));
    }
  }

  /**
   * Takes over only the names that Rekey changed, which are not null, and the times. Other
   * differences stay, so that the next read reports them as drift.
   */
  CredentialFacts with(CredentialNaming changed, CredentialFacts seen) {
    return new CredentialFacts(
        clientId,
        changed.name() == null ? displayName : seen.displayName,
        changed.description() == null ? description : seen.description,
        seen.createdAt,
        seen.updatedAt,
        expiresAt,
        seen.lastUsedAt,
        seen.deletedAt);
  }

  CredentialFacts deleted(@Nullable Instant at) {
    Instant deleted = micros(at);
    return new CredentialFacts(
        clientId, displayName, description, createdAt, updatedAt, expiresAt, lastUsedAt, deleted);
  }

  private static @Nullable Instant micros(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
  }

  // PostgreSQL text can hold neither NUL nor an unpaired surrogate.
  private static @Nullable String storable(@Nullable String text) {
    return text == null ? null : new String(text.replace("\0", "").getBytes(UTF_8), UTF_8);
  }
}
