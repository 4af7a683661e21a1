package dev.rekey.start;

import dev.rekey.audit.chain.SigningKey;
import dev.rekey.platform.settings.PropertyException;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** What Rekey cannot do without, as far as the records of settings do not say so themselves. */
final class RequiredSettings {

  static final String URL = "spring.datasource.url";
  static final String SERVICE = "spring.datasource.username";
  static final String SERVICE_PASSWORD = "spring.datasource.password";
  static final String OWNER = "spring.flyway.user";
  static final String OWNER_PASSWORD = "spring.flyway.password";
  static final String ISSUER = "spring.security.oauth2.resourceserver.jwt.issuer-uri";
  static final String AUDIENCES = "spring.security.oauth2.resourceserver.jwt.audiences";

  static final String SIGNING_KEY = "rekey.audit.signing-key";

  /** What the URL is to be. */
  static final String URL_FORM = "has to be jdbc:postgresql://host:5432/rekey or the like";

  private static final String POSTGRESQL = "jdbc:postgresql:";

  private RequiredSettings() {}

  static void check(Environment settings, Binder binder) {
    demand(settings, URL, "where the database is, as jdbc:postgresql://host:5432/rekey");
    demandPostgresql(settings);
    demand(settings, SERVICE, "the database role that the service works with");
    demand(settings, SERVICE_PASSWORD, "that role's password");
    if (migrates(binder)) {
      String unless = ", unless SPRING_FLYWAY_ENABLED is false and somebody else migrates";
      demand(settings, OWNER, "the database role that owns the schema" + unless);
      demand(settings, OWNER_PASSWORD, "that role's password" + unless);
      refuseOneRoleForBoth(settings);
    }
    demand(settings, ISSUER, "the issuer of your callers' access tokens");
    List<String> audiences =
        binder.bind(AUDIENCES, Bindable.listOf(String.class)).orElse(List.of());
    if (audiences.stream().allMatch(String::isBlank)) {
      throw missing(AUDIENCES, "what stands for Rekey as the audience of those tokens");
    }
    demand(settings, SIGNING_KEY, "the Ed25519 private key, as PEM, that signs checkpoints");
    SigningKey.ofPem(settings.getProperty(SIGNING_KEY, ""));
  }

  static void demandPostgresql(Environment settings) {
    if (!settings.getProperty(URL, "").startsWith(POSTGRESQL)) {
      throw new PropertyException(URL, URL_FORM);
    }
  }

  static boolean migrates(Binder binder) {
    return binder.bind("spring.flyway.enabled", Boolean.class).orElse(true);
  }

  private static void refuseOneRoleForBoth(Environment settings) {
    if (settings.getProperty(SERVICE, "").equals(settings.getProperty(OWNER))) {
      throw new PropertyException(
          SERVICE,
          "has to be a lesser role than spring.flyway.user, which owns the schema and could change"
              + " the history (docs/configuration.md)");
    }
  }

  private static void demand(Environment settings, String name, String what) {
    if (settings.getProperty(name, "").isBlank()) {
      throw missing(name, what);
    }
  }

  private static PropertyException missing(String name, String what) {
    return new PropertyException(
        name, "is required, and not set: " + what + " (docs/configuration.md)");
  }
}
