package dev.rekey.upstream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.NotBlank;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Secret text: a new credential's secret for its caller, or Rekey's own secret for an upstream or a
 * webhook. Printing, logging and serializing show {@code <redacted>}.
 */
public final class Secret {

  /** A shorter part can occur anywhere. */
  private static final int SHORTEST = 8;

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  @JsonCreator
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Whether the text is empty; upstreams send a missing secret as the empty string. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /**
   * Whether a text contains this, or its part after the last colon: ConductorOne's secrets have a
   * public prefix.
   */
  boolean isIn(String other) {
    String part = text.substring(text.lastIndexOf(':') + 1);
    return !text.isEmpty() && other.contains(part.length() < SHORTEST ? text : part);
  }

  /** The text itself. The architecture test lists the callers. */
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

  /** Validates {@link NotBlank} on a secret; registered in {@code META-INF/services}. */
  public static final class NotBlankSecret implements ConstraintValidator<NotBlank, Secret> {

    @Override
    public boolean isValid(@Nullable Secret secret, ConstraintValidatorContext context) {
      return secret != null && !secret.text.isBlank();
    }
  }
}
