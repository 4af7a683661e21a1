package sandbox.keycard;

import sandbox.wire.SecretText;

/** Rekey's own login; it alone may manage. */
public final class KeycardClients {
  public static final String CLIENT_ID = "rekey";
  public static final String CLIENT_SECRET = "rekey-keycard-secret";

  private static final SecretText SECRET = new SecretText(CLIENT_SECRET);

  private KeycardClients() {}

  static boolean isRekey(String clientId, String clientSecret) {
    return clientId.equals(CLIENT_ID) && SECRET.matches(clientSecret);
  }
}
