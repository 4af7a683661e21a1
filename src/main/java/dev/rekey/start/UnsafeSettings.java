package dev.rekey.start;

import dev.rekey.audit.chain.SigningKey;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.SecureUrl;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;

/** What is let pass in a sandbox only. */
final class UnsafeSettings {

  private static final String UPSTREAMS = "rekey.upstreams.";
  private static final Pattern URL_PASSWORD = Pattern.compile("(?i)[?&]password=|//[^/@]*:[^/@]*@");

  // Those of this repository, and what people put where they mean to put a password later.
  private static final Set<String> KNOWN_TO_ALL =
      Set.of(
          "for-development-only",
          "for-the-sandbox-only",
          "admin",
          "changeit",
          "changeme",
          "change-me",
          "password",
          "postgres",
          "rekey",
          "secret",
          "test");

  /** By its id, the key whose private half is in this repository. */
  private static final Set<String> DEVELOPMENT_KEYS = Set.of("e54745708be88471");

  private UnsafeSettings() {}

  static void refuse(Binder settings) {
    demandHttps(settings, RequiredSettings.ISSUER, false);
    demandHttps(settings, "spring.security.oauth2.resourceserver.jwt.jwk-set-uri", false);
    for (String upstream : new String[] {"conductorone", "keycard"}) {
      demandHttps(settings, UPSTREAMS + upstream + ".api-url", true);
      demandHttps(settings, UPSTREAMS + upstream + ".token-url", true);
    }
    refuseUrlWithPassword(settings);
    refuseKnownPassword(settings, RequiredSettings.SERVICE_PASSWORD, RequiredSettings.SERVICE);
    refuseKnownPassword(settings, RequiredSettings.OWNER_PASSWORD, RequiredSettings.OWNER);
    refuseDevelopmentKey(settings);
  }

  private static void demandHttps(Binder settings, String name, boolean loopbackToo) {
    String text = text(settings, name);
    if (text == null) {
      return;
    }
    URI url = loopbackToo ? SecureUrl.httpsOrLocal(text) : SecureUrl.https(text);
    if (url == null) {
      throw new PropertyException(
          name,
          "has to be an https URL"
              + (loopbackToo ? ", or http on this machine itself" : "")
              + "; anything else is for the sandbox only");
    }
  }

  static void refuseUrlWithPassword(Binder settings) {
    String url = text(settings, RequiredSettings.URL);
    if (url != null && URL_PASSWORD.matcher(url).find()) {
      throw new PropertyException(
          RequiredSettings.URL,
          "has to be without a password, which belongs into spring.datasource.password");
    }
  }

  /** Also if there is none. */
  static void refuseKnownPassword(Binder settings, String name, String role) {
    String password = text(settings, name);
    if (password == null) {
      return;
    }
    if (KNOWN_TO_ALL.contains(password.toLowerCase(Locale.ROOT))
        || password.equals(text(settings, role))) {
      throw new PropertyException(
          name,
          "is a password that anybody would try; outside the sandbox it has to be one that nobody"
              + " knows");
    }
  }

  private static void refuseDevelopmentKey(Binder settings) {
    String pem = text(settings, RequiredSettings.SIGNING_KEY);
    if (pem != null && DEVELOPMENT_KEYS.contains(SigningKey.ofPem(pem).id())) {
      throw new PropertyException(
          RequiredSettings.SIGNING_KEY,
          "is the development key, which everybody has; outside the sandbox it has to be your own"
              + " (openssl genpkey -algorithm ed25519)");
    }
  }

  private static @Nullable String text(Binder settings, String name) {
    return settings.bind(name, String.class).orElse(null);
  }
}
