package sandbox.conductorone;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import sandbox.gateway.AccessTokens;
import sandbox.gateway.OwnSecret;
import sandbox.wire.RandomText;
import sandbox.wire.SecretText;

/**
 * ConductorOne's valid tokens, ten minutes each (ConductorOne docs, authenticate), and the secrets
 * of the managing clients.
 */
@Component
public final class ConductorOneAccess {
  private final AccessTokens tokens = new AccessTokens(Duration.ofMinutes(10));
  private final Map<String, OwnSecret> secrets =
      Map.of(
          ConductorOneClients.KEY_CLIENT_ID,
          new OwnSecret(new SecretText(ConductorOneClients.KEY_CLIENT_SECRET), KeySecret::generate),
          ConductorOneClients.PLAIN_CLIENT_ID,
          new OwnSecret(
              new SecretText(ConductorOneClients.PLAIN_CLIENT_SECRET),
              () -> new SecretText(RandomText.alphanumeric(40))));

  public AccessTokens tokens() {
    return tokens;
  }

  /** Empty if the client may not manage. */
  public Optional<OwnSecret> secretOf(String clientId) {
    return Optional.ofNullable(secrets.get(clientId));
  }

  public void resetSecrets() {
    secrets.values().forEach(OwnSecret::reset);
  }
}
