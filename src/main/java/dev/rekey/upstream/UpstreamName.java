package dev.rekey.upstream;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The name of a system that issues credentials, such as {@code keycard}. */
public record UpstreamName(@JsonValue String value) {

  private static final Pattern ALLOWED = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  public UpstreamName {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException("an upstream's name has to match " + ALLOWED);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
