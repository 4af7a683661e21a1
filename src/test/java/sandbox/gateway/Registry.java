package sandbox.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Upstream;

/** An upstream's credentials, as the control routes see them. */
public interface Registry {

  /**
   * A credential that authenticates now; its secret stays inside.
   *
   * @param description as it is kept; null where the upstream has none
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

  /** Sets last-used to now; empty if no such credential lives. */
  Optional<Live> touch(String credentialId);

  /** True if the pair would authenticate; leaves last-used alone. */
  boolean verify(String clientId, String clientSecret);

  /** Back to the seed. */
  void reset();
}
