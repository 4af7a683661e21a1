package sandbox.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;

/** A secret that cannot be printed by accident. */
public final class SecretText {
  private final String text;

  public SecretText(String text) {
    this.text = text;
  }

  public String reveal() {
    return text;
  }

  public boolean matches(String candidate) {
    return MessageDigest.isEqual(text.getBytes(UTF_8), candidate.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "<redacted>";
  }
}
