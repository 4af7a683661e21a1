package dev.rekey.start;

import dev.rekey.audit.chain.SigningKey;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.platform.settings.SecureUrl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Checks that all required properties are set. Reports the missing ones in the order of
 * docs/configuration.md, each with what is expected.
 */
final class RequiredProperties {

  static final String URL = "spring.datasource.url";
  static final String SERVICE = "spring.datasource.username";
  static final String SERVICE_PASSWORD = "spring.datasource.password";
  static final String OWNER = "spring.flyway.user";
  static final String OWNER_PASSWORD = "spring.flyway.password";
  static final String ISSUER = "spring.security.oauth2.resourceserver.jwt.issuer-uri";
  static final String AUDIENCES = "spring.security.oauth2.resourceserver.jwt.audiences";

  /** The issuers of the list; one of them replaces the issuer and the audiences above. */
  static final String LISTED_ISSUERS = "rekey.access.issuers";

  static final String SIGNING_KEY = "rekey.audit.signing-key";

  static final String CONDUCTORONE_API = "rekey.upstreams.conductorone.api-url";
  static final String CONDUCTORONE_TOKEN = "rekey.upstreams.conductorone.token-url";
  static final String KEYCARD_API = "rekey.upstreams.keycard.api-url";
  static final String KEYCARD_TOKEN = "rekey.upstreams.keycard.token-url";

  static final String URL_FORM = "has to be like jdbc:postgresql://host:5432/rekey";

  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String UNLESS_MIGRATED =
      ", unless SPRING_FLYWAY_ENABLED is false and the schema is migrated separately";
  private static final String NO_DEFAULT =
      "; it has no default in a trial, or if Keycard's other URL is set";

  private RequiredProperties() {}

  static void check(Environment environment, Binder binder, PropertyFaults faults) {
    var required = new LinkedHashMap<String, String>();
    addDatabase(required);
    boolean migrates = migrates(binder, faults);
    if (migrates) {
      addOwner(required, UNLESS_MIGRATED);
    }
    if (isSet(environment, ISSUER) || !isSet(environment, LISTED_ISSUERS + "[0].issuer-uri")) {
      addIssuer(required);
    }
    required.put(
        SIGNING_KEY,
        "the Ed25519 private key that signs the history's checkpoints, as PKCS#8 PEM in a file of"
            + " this name or in the variable");
    addUpstreams(required, environment);
    required.forEach((name, meaning) -> require(environment, binder, name, meaning, faults));
    faults.check(() -> requirePostgresql(environment));
    if (migrates) {
      faults.check(() -> requireLesserRole(environment));
    }
    faults.check(() -> SigningKey.ofPem(environment.getProperty(SIGNING_KEY, "")));
  }

  /** Checks what a migration needs, which is less than the service does. */
  static void checkForMigration(Environment environment, Binder binder, PropertyFaults faults) {
    var required = new LinkedHashMap<String, String>();
    addDatabase(required);
    required.remove(SERVICE_PASSWORD);
    addOwner(required, "");
    required.forEach((name, meaning) -> require(environment, binder, name, meaning, faults));
    faults.check(() -> requirePostgresql(environment));
    faults.check(() -> requireLesserRole(environment));
  }

  private static void addDatabase(Map<String, String> required) {
    required.put(URL, "the database, as jdbc:postgresql://host:5432/rekey");
    required.put(SERVICE, "the database role of the service, such as rekey_service");
    required.put(SERVICE_PASSWORD, "the password of the service's database role");
  }

  private static void addOwner(Map<String, String> required, String unless) {
    required.put(OWNER, "the database role that owns the schema, such as rekey_owner" + unless);
    required.put(OWNER_PASSWORD, "the password of the role that owns the schema" + unless);
  }

  private static void addIssuer(Map<String, String> required) {
    required.put(ISSUER, "the issuer of the callers' access tokens, as https://login.example.com");
    required.put(AUDIENCES, "the audience that identifies Rekey in access tokens, such as rekey");
  }

  private static void addUpstreams(Map<String, String> required, Environment environment) {
    String conductorOne = "rekey.upstreams.conductorone.";
    required.put(CONDUCTORONE_API, "the tenant's API, as https://acme.conductor.one");
    required.put(
        CONDUCTORONE_TOKEN,
        "the tenant's token endpoint, as https://acme.conductor.one/auth/v1/token");
    required.put(
        conductorOne + "client-id",
        "Rekey's complete client id at ConductorOne, as rekey@acme.conductor.one/spc");
    required.put(conductorOne + "client-secret", "Rekey's client secret at ConductorOne");
    String keycard = "rekey.upstreams.keycard.";
    if (!hasKeycardDefaults(environment)) {
      required.put(KEYCARD_API, "Keycard's API, as https://api.keycard.ai" + NO_DEFAULT);
      required.put(
          KEYCARD_TOKEN,
          "Keycard's token endpoint, as https://api.keycard.ai/service-account-token" + NO_DEFAULT);
    }
    required.put(keycard + "client-id", "Rekey's client id at Keycard");
    required.put(keycard + "client-secret", "Rekey's client secret at Keycard");
    required.put(
        keycard + "organizations[0].id", "the id of an organization that Rekey serves, as acme");
  }

  /**
   * Whether Keycard's URLs may be left out. In a trial Rekey would send its secret to the real
   * Keycard, as it would with one of the URLs only.
   */
  private static boolean hasKeycardDefaults(Environment environment) {
    return !environment.getProperty("rekey.sandbox", "").equalsIgnoreCase("true")
        && Stream.of(KEYCARD_API, KEYCARD_TOKEN).noneMatch(name -> isSet(environment, name))
        && Stream.of(
                ISSUER, LISTED_ISSUERS + "[0].issuer-uri", CONDUCTORONE_API, CONDUCTORONE_TOKEN)
            .map(name -> SecureUrl.httpsOrLocal(environment.getProperty(name, "")))
            .noneMatch(url -> url != null && SecureUrl.isOfThisMachine(url));
  }

  private static void require(
      Environment environment, Binder binder, String name, String meaning, PropertyFaults faults) {
    boolean isSet =
        name.equals(AUDIENCES)
            ? !binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
                .allMatch(String::isBlank)
            : isSet(environment, name);
    if (!isSet) {
      faults.add(PropertyException.missing(name, meaning));
    }
  }

  private static boolean isSet(Environment environment, String name) {
    return !environment.getProperty(name, "").isBlank();
  }

  private static void requirePostgresql(Environment environment) {
    if (!environment.getProperty(URL, "").startsWith(POSTGRESQL)) {
      throw new PropertyException(URL, URL_FORM);
    }
  }

  private static void requireLesserRole(Environment environment) {
    if (environment.getProperty(SERVICE, "").equals(environment.getProperty(OWNER))) {
      throw new PropertyException(
          SERVICE,
          "has to be a lesser role than spring.flyway.user, which owns the schema and could"
              + " change the history (docs/configuration.md)");
    }
  }

  private static boolean migrates(Binder binder, PropertyFaults faults) {
    try {
      return migrates(binder);
    } catch (RuntimeException e) {
      faults.check(
          () -> {
            throw e;
          });
      return true;
    }
  }

  /** Whether the service migrates the schema itself; throws if the property is no boolean. */
  static boolean migrates(Binder binder) {
    return binder.bind("spring.flyway.enabled", Boolean.class).orElse(true);
  }
}
