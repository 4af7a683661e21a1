package sandbox.conductorone;

import java.util.Map;
import java.util.Optional;
import sandbox.wire.SecretText;

/**
 * Rekey's own two logins; they alone may manage. The key is a development key and opens nothing.
 */
public final class ConductorOneClients {
  public static final String HOST = "localhost";
  public static final String KEY_CLIENT_ID = "rekey@localhost/spc";
  public static final String KEY_CLIENT_SECRET =
      "secret-token:conductorone.com:v1:"
          + "eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6InItdGEyNTFsbjJqSUhqTTA5TElTOUFPeVU2"
          + "QWd3WDZ1Zk1xN1dNbV9NY1kiLCJkIjoiOTBIbVFKalpfVW5BSXhjUFpxXzNScDZ3dFB6dWRwVXJxUUFI"
          + "VGs5RTdTUSJ9";
  public static final String PLAIN_CLIENT_ID = "rekey-plain@localhost/spc";
  public static final String PLAIN_CLIENT_SECRET = "rekey-plain-secret";

  private static final Map<String, SecretText> SECRETS =
      Map.of(
          KEY_CLIENT_ID, new SecretText(KEY_CLIENT_SECRET),
          PLAIN_CLIENT_ID, new SecretText(PLAIN_CLIENT_SECRET));

  private ConductorOneClients() {}

  static Optional<SecretText> secretOf(String clientId) {
    return Optional.ofNullable(SECRETS.get(clientId));
  }
}
