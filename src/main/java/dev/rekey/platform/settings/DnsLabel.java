package dev.rekey.platform.settings;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form of names that are DNS labels (RFC 1123), such as those of Kubernetes. */
public final class DnsLabel {

  /** The form, for a message about a property. */
  public static final String FORM =
      "has to have 1 to 63 lower-case letters, digits and hyphens, and begin and end with a letter"
          + " or digit";

  private static final Pattern PATTERN = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private DnsLabel() {}

  public static boolean isValid(@Nullable String value) {
    return value != null && PATTERN.matcher(value).matches();
  }
}
