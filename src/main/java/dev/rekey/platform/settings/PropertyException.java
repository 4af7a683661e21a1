package dev.rekey.platform.settings;

import java.util.Locale;

/** An invalid property. The message is one line: its name and what is expected, not its value. */
public final class PropertyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The expectation follows the name: "has to be …". There is no cause: it may quote the value. */
  public PropertyException(String property, String expectation) {
    this(names(property) + " " + expectation);
  }

  private PropertyException(String message) {
    super(message);
  }

  /** For a setting that Rekey does not have, with its name as it was written. */
  public static PropertyException unknown(String name) {
    return new PropertyException(name + " is not a setting of Rekey (docs/configuration.md)");
  }

  /** {@code REKEY_AUDIT_SIGNING_KEY (rekey.audit.signing-key)}: the variable and the property. */
  public static String names(String property) {
    return variable(property) + " (" + property + ")";
  }

  /** The environment variable that Spring Boot binds to a property. */
  public static String variable(String property) {
    return property.replace("]", "").replaceAll("[\\[.-]", "_").toUpperCase(Locale.ROOT);
  }
}
