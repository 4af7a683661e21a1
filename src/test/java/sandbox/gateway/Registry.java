package sandbox.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Upstream;

/** The credentials of an upstream, for the control routes. */
public interface Registry {

  /**
   * A valid credential, without its secret.
   *
   * @param description as stored; null where the upstream has none
   */
  record Live(
      Upstream upstream,
      String subject,
      String credentialId,
      String clientId,
      String name,
      @Nullable String description,
      Instant createdAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant expiresAt) {}

  List<Live> live();

  /** Sets last-used to now. Empty if no such credential is valid. */
  Optional<Live> touch(String credentialId);

  /** Returns whether the pair would authenticate. Does not change last-used. */
  boolean verify(String clientId, String clientSecret);

  /** Restores the seed. */
  void reset();
}
