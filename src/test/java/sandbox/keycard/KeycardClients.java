package sandbox.keycard;

/** Rekey's client, the only one that may manage. */
public final class KeycardClients {
  public static final String CLIENT_ID = "rekey";
  public static final String CLIENT_SECRET = "rekey-keycard-secret";

  private KeycardClients() {}
}
