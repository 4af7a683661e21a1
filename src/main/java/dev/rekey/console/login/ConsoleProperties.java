package dev.rekey.console.login;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.SecureUrl;
import dev.rekey.upstream.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console and its login.
 *
 * @param enabled whether {@code /console} is served; default false
 * @param url where browsers find Rekey, with the prefix of a proxy and without a slash at its end
 * @param issuer the name of the trusted issuer at which people log in; default {@code default}
 * @param clientId the console's client at the issuer
 * @param clientSecret its secret; null if the issuer does not ask for one
 * @param scopes the scopes that the console asks for
 * @param parameters more parameters of the authorization request, such as {@code audience}
 * @param idleTimeout a login ends when the person has opened no page for so long
 * @param lifetime a login ends after so long
 * @param freshFor an action needs a login that is not older
 */
@ConfigurationProperties("rekey.console")
public record ConsoleProperties(
    @DefaultValue("false") boolean enabled,
    @Nullable String url,
    @DefaultValue(Issuer.DEFAULT) String issuer,
    @Nullable String clientId,
    @Nullable Secret clientSecret,
    @DefaultValue({"openid", "credentials:read", "credentials:write", "audit:read", "admin"})
        List<String> scopes,
    @DefaultValue Map<String, String> parameters,
    @DefaultValue("30m") Duration idleTimeout,
    @DefaultValue("8h") Duration lifetime,
    @DefaultValue("10m") Duration freshFor) {

  /** Throws a {@code PropertyException} if the console is enabled without what it needs. */
  public ConsoleProperties {
    if (enabled) {
      check(url, clientId, scopes);
      requirePositive("idle-timeout", idleTimeout);
      requirePositive("lifetime", lifetime);
      requirePositive("fresh-for", freshFor);
    }
  }

  private static void check(@Nullable String url, @Nullable String clientId, List<String> scopes) {
    URI parsed = url == null ? null : SecureUrl.httpsOrLocal(url);
    if (parsed == null
        || parsed.toString().endsWith("/")
        || parsed.getRawQuery() != null
        || parsed.getRawFragment() != null) {
      throw new PropertyException(
          "rekey.console.url",
          "has to be the https URL of Rekey that browsers use, or http on this machine, without a"
              + " slash at its end");
    }
    if (clientId == null || clientId.isBlank()) {
      throw new PropertyException(
          "rekey.console.client-id", "is required: the console's client at the issuer");
    }
    if (!scopes.contains("openid")) {
      throw new PropertyException("rekey.console.scopes", "has to contain openid");
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new PropertyException("rekey.console." + name, "has to be longer than nothing");
    }
  }

  /** The URL of an enabled console's Rekey. */
  public String baseUrl() {
    return Objects.requireNonNull(url);
  }

  /** Whether browsers use https, which they do not on this machine. */
  boolean isSecure() {
    return baseUrl().startsWith("https:");
  }
}
