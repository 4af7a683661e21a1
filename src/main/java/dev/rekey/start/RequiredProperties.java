package dev.rekey.start;

import dev.rekey.audit.chain.SigningKey;
import dev.rekey.platform.settings.PropertyException;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Checks the required properties that no record of Rekey's has. */
final class RequiredProperties {

  static final String URL = "spring.datasource.url";
  static final String SERVICE = "spring.datasource.username";
  static final String SERVICE_PASSWORD = "spring.datasource.password";
  static final String OWNER = "spring.flyway.user";
  static final String OWNER_PASSWORD = "spring.flyway.password";
  static final String ISSUER = "spring.security.oauth2.resourceserver.jwt.issuer-uri";
  static final String AUDIENCES = "spring.security.oauth2.resourceserver.jwt.audiences";

  // One of them replaces the two above.
  private static final String LISTED_ISSUER = "rekey.access.issuers[0].issuer-uri";

  static final String SIGNING_KEY = "rekey.audit.signing-key";

  static final String URL_FORM = "has to be like jdbc:postgresql://host:5432/rekey";

  private static final String POSTGRESQL = "jdbc:postgresql:";

  private RequiredProperties() {}

  static void check(Environment environment, Binder binder) {
    require(environment, URL, "the database, as jdbc:postgresql://host:5432/rekey");
    requirePostgresql(environment);
    require(environment, SERVICE, "the database role of the service");
    require(environment, SERVICE_PASSWORD, "that role's password");
    if (migrates(binder)) {
      String unless =
          ", unless SPRING_FLYWAY_ENABLED is false and the schema is migrated separately";
      require(environment, OWNER, "the database role that owns the schema" + unless);
      require(environment, OWNER_PASSWORD, "that role's password" + unless);
      if (environment.getProperty(SERVICE, "").equals(environment.getProperty(OWNER))) {
        throw new PropertyException(
            SERVICE,
            "has to be a lesser role than spring.flyway.user, which owns the schema and could"
                + " change the history (docs/configuration.md)");
      }
    }
    if (!binder.bind(LISTED_ISSUER, String.class).isBound()
        || !environment.getProperty(ISSUER, "").isBlank()) {
      requireIssuer(environment, binder);
    }
    require(environment, SIGNING_KEY, "the Ed25519 private key, as PEM, that signs checkpoints");
    SigningKey.ofPem(environment.getProperty(SIGNING_KEY, ""));
  }

  private static void requireIssuer(Environment environment, Binder binder) {
    require(environment, ISSUER, "the issuer of your callers' access tokens");
    List<String> audiences =
        binder.bind(AUDIENCES, Bindable.listOf(String.class)).orElse(List.of());
    if (audiences.stream().allMatch(String::isBlank)) {
      throw missing(AUDIENCES, "the audience that means Rekey in those tokens");
    }
  }

  static void requirePostgresql(Environment environment) {
    if (!environment.getProperty(URL, "").startsWith(POSTGRESQL)) {
      throw new PropertyException(URL, URL_FORM);
    }
  }

  static boolean migrates(Binder binder) {
    return binder.bind("spring.flyway.enabled", Boolean.class).orElse(true);
  }

  private static void require(Environment environment, String name, String meaning) {
    if (environment.getProperty(name, "").isBlank()) {
      throw missing(name, meaning);
    }
  }

  private static PropertyException missing(String name, String meaning) {
    return new PropertyException(
        name, "is required, but not set: " + meaning + " (docs/configuration.md)");
  }
}
