package sandbox.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Upstream;

/** What the smaller control routes are sent. */
final class Orders {
  private Orders() {}

  /** Does a pair authenticate? A class, so that it cannot print the secret. */
  static final class Verify {
    public @Nullable String clientId;
    public @Nullable String clientSecret;
  }

  record Touch(@Nullable String credentialId) {}

  /**
   * A new secret for Rekey's own client.
   *
   * @param formerLivesMs how long the one before is taken yet; null for not at all
   */
  record OwnSecret(@Nullable Upstream upstream, @Nullable Long formerLivesMs) {}

  record Mode(@Nullable Rotation conductorone) {}

  enum Rotation {
    REPLACING,
    ADDITIVE;

    @JsonValue
    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * More to list: Keycard accounts with credentials, credentials of one account, or connectors of
   * ConductorOne's one app.
   */
  record Seed(
      @Nullable Integer serviceAccounts,
      @Nullable Integer credentialsEach,
      @Nullable String serviceAccount,
      @Nullable Integer credentials,
      @Nullable Integer connectors) {}
}
