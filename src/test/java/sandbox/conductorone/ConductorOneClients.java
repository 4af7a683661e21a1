package sandbox.conductorone;

/**
 * Rekey's two clients, the only ones that may manage. The key is a development key without any
 * access elsewhere.
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

  private ConductorOneClients() {}
}
