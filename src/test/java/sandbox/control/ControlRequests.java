package sandbox.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Upstream;

/** The bodies of the smaller control requests. */
final class ControlRequests {
  private ControlRequests() {}

  /** Checks whether a pair authenticates. Not a record, so that it cannot print the secret. */
  static final class Verify {
    public @Nullable String clientId;
    public @Nullable String clientSecret;
  }

  record Touch(@Nullable String credentialId) {}

  /**
   * Requests a new secret for Rekey's own client.
   *
   * @param formerLivesMs how long the previous secret stays valid, in milliseconds; null for not at
   *     all
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
   * Adds items to lists: Keycard accounts with credentials, credentials of one account, or
   * connectors of ConductorOne's only app.
   */
  record Seed(
      @Nullable Integer serviceAccounts,
      @Nullable Integer credentialsEach,
      @Nullable String serviceAccount,
      @Nullable Integer credentials,
      @Nullable Integer connectors) {}
}
