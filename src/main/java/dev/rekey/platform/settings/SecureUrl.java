package dev.rekey.platform.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses URLs in settings. Returns null for an invalid one, because the parser's exception quotes
 * the whole text, which may contain a secret.
 */
public final class SecureUrl {

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  private SecureUrl() {}

  /** An https URL with a host; null for anything else. */
  public static @Nullable URI https(String text) {
    URI url = httpsOrLocal(text);
    return url != null && url.getScheme().equals("https") ? url : null;
  }

  /** An https URL with a host, or an http URL of this machine; null for anything else. */
  public static @Nullable URI httpsOrLocal(String text) {
    try {
      var url = new URI(text);
      boolean local = isOfThisMachine(url);
      boolean https = url.getHost() != null && "https".equals(url.getScheme());
      return https || (local && "http".equals(url.getScheme())) ? url : null;
    } catch (URISyntaxException _) {
      return null;
    }
  }

  /** Whether the host is this machine's loopback interface. */
  public static boolean isOfThisMachine(URI url) {
    return url.getHost() != null && LOOPBACK.matcher(url.getHost()).matches();
  }
}
