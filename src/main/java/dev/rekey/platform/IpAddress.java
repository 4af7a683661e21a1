package dev.rekey.platform;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads IP addresses as proxies write them. Never resolves a name. */
public final class IpAddress {

  /** No client has it, so it stands for a text that is no address. */
  public static final String NONE = "0.0.0.0";

  // An address, perhaps in brackets, perhaps with a port and with an IPv6 zone.
  private static final Pattern FORM =
      Pattern.compile(
          "(?<v4>\\d{1,3}(?:\\.\\d{1,3}){3})(?::\\d{1,5})?"
              + "|\\[(?<quoted>[0-9A-Fa-f:.]{2,45})(?:%[\\w.-]+)?](?::\\d{1,5})?"
              + "|(?<v6>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:%[\\w.-]+)?");

  private IpAddress() {}

  /** The address without brackets, port and zone; empty if the text has none. */
  public static Optional<String> bare(@Nullable String text) {
    Matcher form = FORM.matcher(text == null ? "" : text.strip());
    return form.matches()
        ? Optional.of(firstOf(form)).filter(IpAddress::isAddress)
        : Optional.empty();
  }

  private static String firstOf(Matcher form) {
    String v4 = form.group("v4");
    String quoted = form.group("quoted");
    return v4 != null ? v4 : quoted != null ? quoted : String.valueOf(form.group("v6"));
  }

  private static boolean isAddress(String text) {
    try {
      return !text.equals(NONE) && !InetAddress.ofLiteral(text).isAnyLocalAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
