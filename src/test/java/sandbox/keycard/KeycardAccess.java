package sandbox.keycard;

import java.time.Duration;
import org.springframework.stereotype.Component;
import sandbox.gateway.AccessTokens;
import sandbox.gateway.OwnSecret;
import sandbox.wire.RandomText;
import sandbox.wire.SecretText;

/** Keycard's valid tokens, one hour each, and the secrets of the managing clients. */
@Component
public final class KeycardAccess {
  private final AccessTokens tokens = new AccessTokens(Duration.ofHours(1));
  private final OwnSecret secret =
      new OwnSecret(
          new SecretText(KeycardClients.CLIENT_SECRET),
          () -> new SecretText(RandomText.alphanumeric(40)));

  public AccessTokens tokens() {
    return tokens;
  }

  public OwnSecret secret() {
    return secret;
  }
}
