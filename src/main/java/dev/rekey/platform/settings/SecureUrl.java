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
    URI url = parse(text);
    return url != null && isHttps(url) ? url : null;
  }

  /** An https URL with a host, or an http URL of this machine; null for anything else. */
  public static @Nullable URI httpsOrLocal(String text) {
    URI url = parse(text);
    return url != null && (isHttps(url) || isLocalHttp(url)) ? url : null;
  }

  private static @Nullable URI parse(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException _) {
      return null;
    }
  }

  private static boolean isHttps(URI url) {
    return "https".equals(url.getScheme()) && url.getHost() != null;
  }

  private static boolean isLocalHttp(URI url) {
    return "http".equals(url.getScheme())
        && url.getHost() != null
        && LOOPBACK.matcher(url.getHost()).matches();
  }
}
