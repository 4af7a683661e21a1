package sandbox.wire;

import java.security.SecureRandom;

/** Generates unguessable ids and secrets in the upstreams' alphabets. */
public final class RandomText {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String LOWERCASE = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String MIXED = LOWERCASE + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private RandomText() {}

  public static String lowercase(int length) {
    return of(LOWERCASE, length);
  }

  public static String alphanumeric(int length) {
    return of(MIXED, length);
  }

  private static String of(String alphabet, int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
