package dev.rekey.platform.settings;

/** An invalid property. The message is one line: its name and what is expected, not its value. */
public final class PropertyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * The property and what is wrong with it.
   *
   * @param property such as {@code rekey.audit.signing-key}
   * @param expectation follows the name: "has to be …"
   */
  public PropertyException(String property, String expectation) {
    // A cause may quote the value.
    this(PropertyName.of(property) + " " + expectation);
  }

  private PropertyException(String message) {
    super(message);
  }

  /**
   * For a setting that Rekey does not have.
   *
   * @param name as it was written
   */
  public static PropertyException unknown(String name) {
    return new PropertyException(name + " is not a setting of Rekey (docs/configuration.md)");
  }
}
