package dev.rekey.upstream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

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

  /** The text itself, for the one place that hands it over. The architecture test lists them. */
  public String reveal() {
    return text;
  }

  @Override
  @JsonValue
  public String toString() {
    return "<redacted>";
  }
}
