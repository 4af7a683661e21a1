package dev.rekey.start;

import dev.rekey.audit.chain.SigningKey;
import dev.rekey.platform.settings.ConfigTreeReloader.PropertyGuard;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.platform.settings.SecureUrl;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/** Refuses properties that only a sandbox accepts. */
@Component
final class UnsafeProperties implements PropertyGuard {

  private static final String JWK_SET = "spring.security.oauth2.resourceserver.jwt.jwk-set-uri";
  private static final List<String> UPSTREAM_URLS =
      List.of(
          RequiredProperties.CONDUCTORONE_API,
          RequiredProperties.CONDUCTORONE_TOKEN,
          RequiredProperties.KEYCARD_API,
          RequiredProperties.KEYCARD_TOKEN);
  private static final Pattern URL_PASSWORD = Pattern.compile("(?i)[?&]password=|//[^/@]*:[^/@]*@");

  // The passwords in this repository, and common placeholders.
  private static final Set<String> WELL_KNOWN =
      Set.of(
          ("for-development-only for-the-sandbox-only admin changeit changeme change-me password"
                  + " postgres rekey secret test")
              .split(" "));

  /** The ids of keys whose private half is in this repository. */
  private static final Set<String> DEVELOPMENT_KEYS = Set.of("e54745708be88471");

  /** Whether unsafe properties are accepted, to try Rekey out; default false. */
  @ConfigurationProperties("rekey")
  record Mode(@DefaultValue("false") boolean sandbox) {}

  static boolean isSandbox(Binder properties) {
    return properties.bindOrCreate("rekey", Mode.class).sandbox();
  }

  @Override
  public void refuseUnsafe(Binder properties) {
    if (!isSandbox(properties)) {
      var faults = new PropertyFaults();
      check(properties, faults);
      faults.refuse();
    }
  }

  static void check(Binder properties, PropertyFaults faults) {
    faults.check(() -> requireHttps(properties, RequiredProperties.ISSUER, false));
    faults.check(() -> requireHttps(properties, JWK_SET, false));
    checkListedIssuers(properties, faults);
    UPSTREAM_URLS.forEach(name -> faults.check(() -> requireHttps(properties, name, true)));
    faults.check(() -> refuseUrlWithPassword(properties));
    faults.check(
        () ->
            refuseWellKnownPassword(
                properties, RequiredProperties.SERVICE_PASSWORD, RequiredProperties.SERVICE));
    faults.check(
        () ->
            refuseWellKnownPassword(
                properties, RequiredProperties.OWNER_PASSWORD, RequiredProperties.OWNER));
    faults.check(() -> refuseDevelopmentKey(properties));
  }

  private static void checkListedIssuers(Binder properties, PropertyFaults faults) {
    for (int i = 0; ; i++) {
      String issuer = RequiredProperties.LISTED_ISSUERS + "[" + i + "].";
      if (text(properties, issuer + "issuer-uri") == null) {
        return;
      }
      faults.check(() -> requireHttps(properties, issuer + "issuer-uri", false));
      faults.check(() -> requireHttps(properties, issuer + "jwk-set-uri", false));
    }
  }

  private static void requireHttps(Binder properties, String name, boolean orLocal) {
    String text = text(properties, name);
    if (text != null && (orLocal ? SecureUrl.httpsOrLocal(text) : SecureUrl.https(text)) == null) {
      throw new PropertyException(
          name,
          "has to be an https URL"
              + (orLocal ? ", or http on this machine" : "")
              + "; anything else is for the sandbox only");
    }
  }

  static void refuseUrlWithPassword(Binder properties) {
    String url = text(properties, RequiredProperties.URL);
    if (url != null && URL_PASSWORD.matcher(url).find()) {
      throw new PropertyException(
          RequiredProperties.URL,
          "has to have no password, which belongs in spring.datasource.password");
    }
  }

  /** Refuses a well-known password, or one that equals the role; accepts a missing one. */
  static void refuseWellKnownPassword(Binder properties, String name, String role) {
    String password = text(properties, name);
    if (password != null
        && (WELL_KNOWN.contains(password.toLowerCase(Locale.ROOT))
            || password.equals(text(properties, role)))) {
      throw new PropertyException(
          name, "is a well-known password; outside the sandbox it has to be a secret one");
    }
  }

  private static void refuseDevelopmentKey(Binder properties) {
    String pem = text(properties, RequiredProperties.SIGNING_KEY);
    if (pem != null && DEVELOPMENT_KEYS.contains(SigningKey.ofPem(pem).id())) {
      throw new PropertyException(
          RequiredProperties.SIGNING_KEY,
          "is the public development key; outside the sandbox it has to be your own (openssl"
              + " genpkey -algorithm ed25519)");
    }
  }

  private static @Nullable String text(Binder properties, String name) {
    return properties.bind(name, String.class).orElse(null);
  }
}
