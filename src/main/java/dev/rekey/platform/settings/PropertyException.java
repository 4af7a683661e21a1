package dev.rekey.platform.settings;

/**
 * A setting that Rekey cannot work with. The message is one line that names it and says what is
 * expected; it never has its value.
 */
public final class PropertyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * The setting and what is wrong with it.
   *
   * @param property as in {@code rekey.audit.signing-key}
   * @param expectation goes on after the name: "has to be …"
   */
  public PropertyException(String property, String expectation) {
    // Without a cause, which may quote the value.
    this(PropertyName.of(property) + " " + expectation);
  }

  private PropertyException(String message) {
    super(message);
  }

  /**
   * For a setting that there is none of.
   *
   * @param name as it is written where it was found
   */
  public static PropertyException unknown(String name) {
    return new PropertyException(name + " is no setting that Rekey has (docs/configuration.md)");
  }
}
