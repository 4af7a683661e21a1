package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply.Flaw;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A credential's metadata as reported by its upstream. Absent and empty values are null, and so are
 * times before its creation.
 *
 * @param clientId the public half of the credential
 * @param lastUsedAt null if never used, or not reported
 * @param expiresAt null if it does not expire
 * @param deletedAt set where an upstream keeps deleted credentials readable
 * @param attempt the attempt of Rekey that created it; null if unknown
 * @param permissions what Rekey's token may do to it; null unless requested
 */
public record UpstreamCredential(
    PathId id,
    @Nullable String clientId,
    @Nullable String name,
    @Nullable String description,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant deletedAt,
    @Nullable UUID attempt,
    @Nullable Map<String, Map<String, Boolean>> permissions) {

  /** How much the clocks of one upstream may differ. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  public UpstreamCredential {
    updatedAt = unlessBefore(createdAt, updatedAt);
    expiresAt = unlessBefore(createdAt, expiresAt);
    lastUsedAt = unlessBefore(createdAt, lastUsedAt);
    deletedAt = unlessBefore(createdAt, deletedAt);
  }

  private static @Nullable Instant unlessBefore(@Nullable Instant createdAt, @Nullable Instant at) {
    return createdAt != null && at != null && at.isBefore(createdAt.minus(SKEW)) ? null : at;
  }

  /** This, unless one of its texts repeats a secret of its response; null for no secret. */
  public Reply<UpstreamCredential> unlessRepeating(@Nullable Secret... secrets) {
    if (Stream.of(id.value(), clientId, name, description).noneMatch(text -> has(text, secrets))) {
      return new Reply.Success<>(this);
    }
    return new Reply.Unusable<>(Flaw.SECRET_REPEATED, has(id.value(), secrets) ? null : id);
  }

  /** This, unless it is another credential than the one that the call was for. */
  public Reply<UpstreamCredential> ifIdIs(PathId asked) {
    return id.equals(asked)
        ? new Reply.Success<>(this)
        : new Reply.Unusable<>(Flaw.OTHER_CREDENTIAL);
  }

  private static boolean has(@Nullable String text, @Nullable Secret... secrets) {
    return text != null
        && Stream.of(secrets).anyMatch(secret -> secret != null && secret.isIn(text));
  }
}
