package dev.rekey.platform.settings;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An invalid property, or several. The message has one line for a property: its name and what is
 * expected, not its value.
 */
public final class PropertyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String variable;
  private final transient List<PropertyException> parts;

  /** The expectation follows the name: "has to be …". There is no cause: it may quote the value. */
  public PropertyException(String property, String expectation) {
    this(variable(property), names(property) + " " + expectation, List.of());
  }

  private PropertyException(String variable, String message, List<PropertyException> parts) {
    super(message);
    this.variable = variable;
    this.parts = List.copyOf(parts);
  }

  /** For a setting that Rekey does not have, with its name as it was written. */
  public static PropertyException unknown(String name) {
    return new PropertyException(
        variable(name), name + " is not a setting of Rekey (docs/configuration.md)", List.of());
  }

  /** For a required property without a value; the meaning says what it is. */
  public static PropertyException missing(String property, String meaning) {
    return new PropertyException(
        property, "is required, but not set: " + meaning + " (docs/configuration.md)");
  }

  /** For several properties, in this order: a line that counts them, then a line for each. */
  static PropertyException all(List<PropertyException> faults) {
    if (faults.size() == 1) {
      return faults.getFirst();
    }
    String lines =
        faults.stream().map(fault -> "\n  " + fault.getMessage()).collect(Collectors.joining());
    return new PropertyException(
        "", faults.size() + " settings are missing or invalid:" + lines, faults);
  }

  /** The faults of single properties. */
  List<PropertyException> parts() {
    return parts.isEmpty() ? List.of(this) : parts;
  }

  /** Whether the other one is about the same property, or one that contains it or is in it. */
  boolean overlaps(PropertyException other) {
    return (variable + "_").startsWith(other.variable + "_")
        || (other.variable + "_").startsWith(variable + "_");
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
