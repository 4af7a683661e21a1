package dev.rekey.upstream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Secret text on its way from an upstream to a caller, or from our configuration to whom we call.
 * Nothing that prints, logs or serializes it by accident shows it.
 */
public final class Secret {

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  @JsonCreator
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Whether there is no text at all; upstreams write a missing secret as the empty string. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** Whether there is nothing in it that anybody could be known by. */
  boolean isBlank() {
    return text.isBlank();
  }

  /** The text itself, for the one place that hands it over. The architecture test lists them. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  private byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  @JsonValue
  public String toString() {
    return "<redacted>";
  }
}
