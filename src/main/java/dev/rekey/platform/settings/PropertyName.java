package dev.rekey.platform.settings;

import java.util.Locale;

/** The names of a property where operators set it. */
public final class PropertyName {

  private PropertyName() {}

  /** {@code REKEY_AUDIT_SIGNING_KEY (rekey.audit.signing-key)}: the variable and the property. */
  public static String of(String property) {
    return variable(property) + " (" + property + ")";
  }

  /** The environment variable that Spring Boot binds to a property. */
  public static String variable(String property) {
    return property.replace("]", "").replaceAll("[\\[.-]", "_").toUpperCase(Locale.ROOT);
  }
}
