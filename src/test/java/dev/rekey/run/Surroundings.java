package dev.rekey.run;

import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import sandbox.Sandbox;

/** A PostgreSQL and a sandbox, and the settings that connect a Rekey to them. */
public final class Surroundings implements AutoCloseable {

  // Awaitility's own defaults wait 100 ms before the first look.
  static {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(25));
  }

  private final PostgresServer postgres;
  private final Sandbox sandbox;
  // Generated at each start, so that the repository contains no key to reuse in production.
  private final KeyPair auditKey = auditKey();

  private Surroundings(PostgresServer postgres, Sandbox sandbox) {
    this.postgres = postgres;
    this.sandbox = sandbox;
  }

  /** For tests, on any free ports. */
  public static Surroundings start() {
    return with(PostgresServer.start(), 0);
  }

  /** Adds a sandbox. Stops the PostgreSQL if that fails. */
  public static Surroundings with(PostgresServer postgres, int sandboxPort) {
    return with(postgres, () -> Sandbox.start(sandboxPort));
  }

  /** Same, with any sandbox. */
  static Surroundings with(PostgresServer postgres, Supplier<Sandbox> sandbox) {
    try {
      return new Surroundings(postgres, sandbox.get());
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public Sandbox sandbox() {
    return sandbox;
  }

  /** The settings of Rekey, by property name. */
  public Map<String, String> properties() {
    var properties = new LinkedHashMap<String, String>();
    properties.put("rekey.sandbox", "true");
    // Most tests have no open requests when they stop a replica.
    properties.put("rekey.shutdown.drain-for", "0s");
    properties.put("spring.datasource.url", postgres.jdbcUrl());
    properties.put("spring.datasource.username", PostgresServer.SERVICE);
    properties.put("spring.datasource.password", PostgresServer.PASSWORD);
    properties.put("spring.flyway.user", PostgresServer.OWNER);
    properties.put("spring.flyway.password", PostgresServer.PASSWORD);
    properties.put("rekey.audit.signing-key", pem("PRIVATE KEY", auditKey.getPrivate()));
    // Background calls would mix with those that tests count.
    properties.put("rekey.refresh.enabled", "false");
    properties.putAll(access());
    properties.putAll(upstreams());
    properties.putAll(delivery());
    properties.putAll(policies());
    return properties;
  }

  /** The settings of the console, except its URL. */
  public Map<String, String> console() {
    var console = "rekey.console.";
    return Map.of(
        console + "enabled", "true",
        console + "client-id", Sandbox.CONSOLE_CLIENT_ID,
        console + "client-secret", Sandbox.CONSOLE_CLIENT_SECRET);
  }

  /** The public key of the checkpoints, as PEM. */
  public String auditPublicKey() {
    return pem("PUBLIC KEY", auditKey.getPublic());
  }

  /** A new key that signs checkpoints, as PEM. */
  public static String newSigningKey() {
    return pem("PRIVATE KEY", auditKey().getPrivate());
  }

  private static KeyPair auditKey() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  private static String pem(String kind, Key key) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, base64, kind);
  }

  private Map<String, String> access() {
    var jwt = "spring.security.oauth2.resourceserver.jwt.";
    var grants = "rekey.access.grants";
    return Map.ofEntries(
        Map.entry(jwt + "issuer-uri", sandbox.url().toString()),
        Map.entry(jwt + "audiences[0]", Sandbox.AUDIENCE),
        // Enough for tests and benchmarks, all of which share a few clients.
        Map.entry("rekey.access.mints-per-minute", "1000000"),
        Map.entry(grants + "[0].team", "payments"),
        Map.entry(grants + "[0].subjects[0]", "apps/crm/connectors/okta"),
        Map.entry(grants + "[0].subjects[1]", "organizations/acme/service-accounts/checkout"),
        Map.entry(grants + "[1].team", "search"),
        Map.entry(grants + "[1].subjects[0]", "apps/crm/connectors/github"),
        Map.entry(grants + "[1].subjects[1]", "organizations/acme/service-accounts/indexer"),
        Map.entry(grants + "[2].team", "auditors"),
        Map.entry(grants + "[2].all-teams", "true"),
        Map.entry(grants + "[3].team", "admin"),
        Map.entry(grants + "[3].subjects[0]", "apps/*/connectors/*"),
        Map.entry(grants + "[3].subjects[1]", "organizations/*/service-accounts/*"));
  }

  private Map<String, String> upstreams() {
    var conductorOne = "rekey.upstreams.conductorone.";
    var keycard = "rekey.upstreams.keycard.";
    return Map.ofEntries(
        Map.entry(conductorOne + "api-url", sandbox.url() + "/conductorone"),
        Map.entry(conductorOne + "token-url", sandbox.url() + "/conductorone/auth/v1/token"),
        Map.entry(conductorOne + "client-id", Sandbox.CONDUCTORONE_CLIENT_ID),
        Map.entry(conductorOne + "client-secret", Sandbox.CONDUCTORONE_CLIENT_SECRET),
        Map.entry(keycard + "api-url", sandbox.url() + "/keycard"),
        Map.entry(keycard + "token-url", sandbox.url() + "/keycard/service-account-token"),
        Map.entry(keycard + "client-id", Sandbox.KEYCARD_CLIENT_ID),
        Map.entry(keycard + "client-secret", Sandbox.KEYCARD_CLIENT_SECRET),
        Map.entry(keycard + "organizations[0].id", "acme"),
        Map.entry(keycard + "organizations[0].labels[0]", "acme-corp"));
  }

  /** The Secrets that the sandbox has from the start, and one that a test creates. */
  private Map<String, String> delivery() {
    var kubernetes = "rekey.delivery.kubernetes.";
    var connector = "rekey.delivery.targets[0].";
    var account = "rekey.delivery.targets[1].";
    var withoutWorkload = "rekey.delivery.targets[2].";
    return Map.ofEntries(
        Map.entry(kubernetes + "api-server", sandbox.url() + "/kubernetes"),
        Map.entry(kubernetes + "token", Sandbox.KUBERNETES_TOKEN),
        Map.entry(connector + "name", "okta-secret"),
        Map.entry(connector + "subject", "apps/crm/connectors/okta"),
        Map.entry(connector + "namespace", "identity"),
        Map.entry(connector + "secret", "okta-connector"),
        Map.entry(connector + "restart[0]", "deployment/okta-connector"),
        Map.entry(account + "name", "checkout-secret"),
        Map.entry(account + "subject", "organizations/acme/service-accounts/checkout"),
        Map.entry(account + "namespace", "payments"),
        Map.entry(account + "secret", "checkout-keycard"),
        Map.entry(account + "preset", "generic"),
        Map.entry(account + "restart[0]", "statefulset/checkout"),
        Map.entry(withoutWorkload + "name", "batch-secret"),
        Map.entry(withoutWorkload + "subject", "organizations/acme-corp/service-accounts/sa-0001"),
        Map.entry(withoutWorkload + "namespace", "payments"),
        Map.entry(withoutWorkload + "secret", "batch-keycard"),
        Map.entry(withoutWorkload + "preset", "generic"));
  }

  /** Policies of the subjects that have a target. They notify like the default policy. */
  private static Map<String, String> policies() {
    var policies = new LinkedHashMap<String, String>();
    policies.put("rekey.policies[0].name", "connectors");
    policies.put("rekey.policies[0].subjects[0]", "apps/*/connectors/*");
    policies.put("rekey.policies[0].deliver-to[0]", "okta-secret");
    policies.put("rekey.policies[1].name", "accounts");
    policies.put("rekey.policies[1].subjects[0]", "organizations/acme/service-accounts/checkout");
    policies.put("rekey.policies[1].overlap", "P7D");
    policies.put("rekey.policies[1].deliver-to[0]", "checkout-secret");
    for (String policy : List.of("rekey.policies[0].", "rekey.policies[1].")) {
      policies.put(policy + "jitter", "PT0S");
      int action = 0;
      for (String days : List.of("P30D", "P14D", "P7D", "P1D")) {
        policies.put(policy + "actions[" + action + "].action", "notify");
        policies.put(policy + "actions[" + action + "].time-before-expiry", days);
        action++;
      }
      policies.put(policy + "actions[" + action + "].action", "rotate");
      policies.put(policy + "actions[" + action + "].time-after-create", "P60D");
    }
    return policies;
  }

  @Override
  public void close() {
    sandbox.close();
    postgres.close();
  }
}
