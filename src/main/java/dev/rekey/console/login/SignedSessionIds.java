package dev.rekey.console.login;

import dev.rekey.platform.crypto.DerivedKeys;
import dev.rekey.platform.crypto.HmacSha256;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;

/**
 * Writes a session's id into its cookie together with an HMAC of it. The database has the id alone,
 * so nobody who reads the database can use a session.
 */
final class SignedSessionIds implements CookieSerializer {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final DefaultCookieSerializer cookies = new DefaultCookieSerializer();
  private final DerivedKeys keys;

  SignedSessionIds(ConsoleProperties properties, DerivedKeys keys) {
    this.keys = keys;
    // Browsers accept this prefix only with Secure, without a Domain and with the path /.
    cookies.setCookieName(properties.isSecure() ? "__Host-rekey-console" : "rekey-console");
    cookies.setUseSecureCookie(properties.isSecure());
    cookies.setUseHttpOnlyCookie(true);
    cookies.setSameSite("Lax");
    cookies.setCookiePath("/");
    cookies.setUseBase64Encoding(false);
  }

  @Override
  public void writeCookieValue(CookieValue value) {
    String id = value.getCookieValue();
    var signed =
        new CookieValue(
            value.getRequest(), value.getResponse(), id.isEmpty() ? "" : id + "." + hmac(id));
    signed.setCookieMaxAge(value.getCookieMaxAge());
    cookies.writeCookieValue(signed);
  }

  @Override
  public List<String> readCookieValues(HttpServletRequest request) {
    return cookies.readCookieValues(request).stream()
        .flatMap(value -> verified(value).stream())
        .toList();
  }

  private Optional<String> verified(String value) {
    int dot = value.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String id = value.substring(0, dot);
    return MessageDigest.isEqual(ascii(value.substring(dot + 1)), ascii(hmac(id)))
        ? Optional.of(id)
        : Optional.empty();
  }

  private String hmac(String id) {
    return BASE64.encodeToString(
        HmacSha256.of(keys.get(HmacSha256.ALGORITHM, "rekey console session"), ascii(id)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
