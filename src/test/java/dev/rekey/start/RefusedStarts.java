package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Refused starts, each with one invalid setting. With valid settings, a start fails at the
 * database, which does not exist. {@link RefusedStartTest} runs the checks in this JVM, {@link
 * RefusedStartIT} starts a process for each.
 */
abstract class RefusedStarts {

  static final String THE_DATABASE = "has to name a reachable PostgreSQL";
  private static final String JWT = "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_";
  private static final String C1 = "REKEY_UPSTREAMS_CONDUCTORONE_";
  private static final String KEYCARD = "REKEY_UPSTREAMS_KEYCARD_";
  private static final String TARGET = "REKEY_NOTIFICATIONS_TARGETS_0_";
  private static final String POLICY = "REKEY_POLICIES_0_";
  static final String GOOD_KEY = newKey();
  static final List<String> KEYCARD_URLS = List.of(KEYCARD + "API_URL", KEYCARD + "TOKEN_URL");
  static final String DEVELOPMENT_KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIN5sWSNaen0IGG0N8vlVrfl0Z5OkvVrkRhiavXCHYYs7
      -----END PRIVATE KEY-----
      """;

  static final List<String> REQUIRED =
      List.of(
          "SPRING_DATASOURCE_URL",
          "SPRING_DATASOURCE_USERNAME",
          "SPRING_DATASOURCE_PASSWORD",
          "SPRING_FLYWAY_USER",
          "SPRING_FLYWAY_PASSWORD",
          JWT + "ISSUER_URI",
          JWT + "AUDIENCES",
          "REKEY_AUDIT_SIGNING_KEY",
          C1 + "API_URL",
          C1 + "TOKEN_URL",
          C1 + "CLIENT_ID",
          C1 + "CLIENT_SECRET",
          KEYCARD + "CLIENT_ID",
          KEYCARD + "CLIENT_SECRET",
          KEYCARD + "ORGANIZATIONS_0_ID");

  final Map<String, String> settings =
      new HashMap<>(
          Map.ofEntries(
              Map.entry("SPRING_DATASOURCE_URL", "jdbc:postgresql://localhost:1/rekey"),
              Map.entry("SPRING_DATASOURCE_USERNAME", "rekey_service"),
              Map.entry("SPRING_DATASOURCE_PASSWORD", "canary-of-the-service"),
              Map.entry("SPRING_FLYWAY_USER", "rekey_owner"),
              Map.entry("SPRING_FLYWAY_PASSWORD", "canary-of-the-owner"),
              Map.entry(JWT + "ISSUER_URI", "https://issuer.example.com"),
              Map.entry(JWT + "AUDIENCES", "rekey"),
              Map.entry("REKEY_AUDIT_SIGNING_KEY", GOOD_KEY),
              Map.entry(C1 + "API_URL", "https://acme.conductor.one"),
              Map.entry(C1 + "TOKEN_URL", "https://acme.conductor.one/auth/v1/token"),
              Map.entry(C1 + "CLIENT_ID", "rekey@acme.conductor.one/spc"),
              Map.entry(C1 + "CLIENT_SECRET", "canary-of-conductorone"),
              Map.entry(KEYCARD + "API_URL", "https://api.keycard.ai"),
              Map.entry(KEYCARD + "TOKEN_URL", "https://api.keycard.ai/service-account-token"),
              Map.entry(KEYCARD + "CLIENT_ID", "rekey"),
              Map.entry(KEYCARD + "CLIENT_SECRET", "canary-of-keycard"),
              Map.entry(KEYCARD + "ORGANIZATIONS_0_ID", "acme")));

  @Test
  void validSettingsReachTheDatabase() {
    assertThat(refusal()).contains(THE_DATABASE);
  }

  @ParameterizedTest
  @FieldSource("REQUIRED")
  void missingSettingIsNamed(String variable) {
    settings.remove(variable);

    assertThat(refusal()).startsWith(variable + " (").contains("is required, but not set");
  }

  @ParameterizedTest
  @FieldSource("REQUIRED")
  void emptyOrBlankSettingIsMissing(String variable) {
    for (String nothing : List.of("", "   ")) {
      settings.put(variable, nothing);

      assertThat(refusal()).startsWith(variable + " (").contains("is required, but not set");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {KEYCARD + "API_URL", KEYCARD + "TOKEN_URL"})
  void keycardHasNoDefaultForOneUrlOnly(String variable) {
    settings.remove(variable);

    assertThat(refusal()).startsWith(variable + " (").contains("as https://api.keycard.ai");
  }

  @Test
  void keycardHasDefaultsForBothUrls() {
    settings.keySet().removeAll(KEYCARD_URLS);

    assertThat(refusal()).contains(THE_DATABASE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "                                "})
  void blankWebhookSecretIsRefused(String nothing) {
    configureTarget();
    settings.put(TARGET + "SECRETS_0", nothing);

    assertThat(refusal())
        .startsWith(TARGET + "SECRETS_0 (")
        .contains("has to have at least 24 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SPRING_DATASOURCE_URL | jdbc:mysql://localhost/rekey | has to be like jdbc:postgresql://
          SPRING_DATASOURCE_USERNAME | rekey_owner | has to be a lesser role than
          SPRING_FLYWAY_ENABLED | perhaps | has to be true or false
          REKEY_SANDBOX | perhaps | has to be true or false
          REKEY_AUDIT_SIGNING_KEY | canary-that-is-no-key | has to be an Ed25519 private key
          REKEY_AUDIT_SIGNING_KEY | /run/canary/signing-key.pem | not its path: name the file rekey.audit.signing-key
          REKEY_AUDIT_SEAL_EVERY | 2s | has to be shorter than or equal to 1 second
          REKEY_AUDIT_RETENTION_KEEP | canary-of-years | has to be a period
          REKEY_UPSTREAMS_CONDUCTORONE_CLIENT_ID | canary-without-a-host | name@tenant.conductor.one/spc
          REKEY_UPSTREAMS_CONDUCTORONE_CLIENT_SECRET | secret-token:conductorone.com:v1:canary | is not the base64url form
          REKEY_UPSTREAMS_CONDUCTORONE_ROTATION | canary-of-a-mode | has to be REPLACING or ADDITIVE
          REKEY_UPSTREAMS_KEYCARD_HTTP_READ_TIMEOUT | canary-of-seconds | has to be a duration
          REKEY_UPSTREAMS_KEYCARD_HTTP_MINT_TIMEOUT | 0s | has to be longer than or equal to 1 milli
          REKEY_UPSTREAMS_KEYCARD_HTTP_MAX_RESPONSE_SIZE | 2GB | has to be from 1KB to 512MB
          REKEY_EGRESS_PROXY | socks5://canary-of-a-proxy:1080 | has to be like http://proxy.example.com:3128
          REKEY_UPSTREAMS_KEYCARD_HTTP_MAX_CONCURRENT_CALLS | 0 | has to be greater than 0
          REKEY_UPSTREAMS_KEYCARD_HTTP_MAX_CONCURRENT_CALLS | canary-of-a-number | has to be a whole number
          REKEY_UPSTREAMS_KEYCARD_ORGANIZATIONS_0_ID | canary/of/paths | an id has to match
          REKEY_UPSTREAMS_KEYCARD_CLIENT_SECRET | ${another.setting} | is not set, but another setting refers to it
          REKEY_ACCESS_MINTS_PER_MINUTE | -1 | has to be greater than 0
          REKEY_ACCESS_CORS_ORIGINS | * | has to be an origin
          REKEY_ACCESS_KEEP_ISSUER_KEYS | 59m | has to be longer than or equal to 1 hour
          REKEY_ACCESS_GRANTS_0_ISSUER | canary | has to be the name of one of rekey.access.issuers
          REKEY_ROTATION_CALL_WITHIN | 60s | has to be shorter than or equal to 36 seconds
          REKEY_ROTATION_KEEP_IDEMPOTENCY_KEYS | 1h | has to be longer than or equal to 24 hours
          REKEY_EXPIRY_CHECK_EVERY | 0 | has to be longer than or equal to 1 milli
          REKEY_AUTOMATION_MAX_CONCURRENT | 0 | has to be greater than or equal to 1
          REKEY_POLICIES_0_NAME | Canary Of Names | has to have 1 to 63 lower-case letters
          REKEY_POLICIES_0_ACTIONS_0_ACTION | rotate | has to name at least one delivery target, because the policy rotates
          REKEY_POLICIES_0_WINDOWS_ZONE | Canary/Zone | has to be a time zone
          REKEY_POLICIES_0_JITTER | 31d | has to be shorter than or equal to 30 days
          REKEY_REFRESH_CALLS_PER_SECOND | canary-of-a-rate | has to be a number
          REKEY_NOTIFICATIONS_TARGETS_0_NAME | Canary Of Names | has to have 1 to 63 lower-case letters
          REKEY_ACCESS_GRANTS_0_SUBJECTS_0 | apps/canary/connector/okta | a subject has to have the form apps/
          SERVER_SSL_BUNDLE | canary-of-a-bundle | has to name a bundle
          MANAGEMENT_TRACING_SAMPLING_PROBABILITY | 5 | has to be from 0 to 1
          MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT | canary:4318 | has to be a URL such as
          """)
  void invalidSettingIsNamedWithItsExpectationAndWithoutItsValue(
      String variable, String value, String expectation) {
    if (variable.startsWith(TARGET)) {
      configureTarget();
    }
    if (variable.startsWith(POLICY)) {
      configurePolicy();
    }
    settings.put(variable, value);

    assertThat(refusal()).contains(expectation).containsPattern("[A-Z0-9_]{10,} \\(");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          REKEY_UPSTREAMS_KEYCRAD_CLIENT_ID | rekey
          REKEY_UPSTREAMS_KEYCARD_ORGANISATIONS_0_ID | acme
          REKEY_ACCESS_GRANTS_0_SUBJECT | apps/crm/connectors/*
          REKEY_ROTATION_CALLWITHIN_SECONDS | 5
          rekey.audit.signingkeys | canary
          rekey.rotaton.call-within | 20s
          rekey.sandbocks | true
          rekey.access.grants[0].subjects[0].name | apps/crm/connectors/*
          rekey.access.grants | payments
          rekey.rotation | 20s
          """)
  void unknownSettingIsNamed(String name, String value) {
    settings.put(name, value);

    assertThat(refusal()).contains(name + " is not a setting of Rekey");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          REKEY_ACCESS_GRANTS_0_ALL_TEAMS | true
          REKEY_ROTATION_REQUIRE_IDEMPOTENCY_KEY_12 | apps/*/connectors/*
          REKEY_ACCESS_TEAMCLAIM | teams
          REKEY_POLICIES_0_SUBJECTS | apps/crm/connectors/okta,apps/crm/connectors/github
          REKEY_POLICIES_0_RETRIES_PERCYCLE | 2
          REKEY_AUTOMATION_MAX_CONCURRENT | 3
          REKEY_SERVICE_HOST | 10.0.0.1
          REKEY_SERVICE_PORT_HTTP | 8080
          REKEY_AUDIT_SERVICE_HOST | 10.0.0.1
          REKEY_AUDIT_PORT_8080_TCP_ADDR | 10.0.0.1
          rekey.access.cors-origins | ''
          rekey.notifications.targets | ''
          rekey.rotation | ''
          rekey.rotation.requireIdempotencyKey[0] | apps/*/connectors/*
          """)
  void everySpellingOfASettingIsAccepted(String name, String value) {
    configurePolicy();
    settings.put(name, value);
    settings.put("REKEY_ACCESS_GRANTS_0_TEAM", "payments");

    assertThat(refusal()).contains(THE_DATABASE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI | http://localhost:9090 | has to be an https URL
          SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_JWK_SET_URI | http://issuer/keys | has to be an https URL
          REKEY_UPSTREAMS_CONDUCTORONE_API_URL | http://acme.conductor.one | has to be an https URL
          REKEY_UPSTREAMS_CONDUCTORONE_TOKEN_URL | http://acme.conductor.one | has to be an https URL
          REKEY_UPSTREAMS_KEYCARD_API_URL | http://api.keycard.ai | has to be an https URL
          REKEY_UPSTREAMS_KEYCARD_TOKEN_URL | ftp://localhost/token | has to be an https URL
          SPRING_DATASOURCE_URL | jdbc:postgresql://localhost:1/rekey?password=canary | has to have no password
          SPRING_DATASOURCE_PASSWORD | for-development-only | is a well-known password
          SPRING_DATASOURCE_PASSWORD | rekey_service | is a well-known password
          SPRING_FLYWAY_PASSWORD | for-the-sandbox-only | is a well-known password
          SPRING_FLYWAY_PASSWORD | Postgres | is a well-known password
          """)
  void unsafeSettingIsRefusedOutsideTheSandbox(String variable, String value, String expectation) {
    settings.put(variable, value);

    assertThat(refusal()).contains(variable + " (", expectation);
    settings.put("REKEY_SANDBOX", "true");
    assertThat(refusal()).contains(THE_DATABASE);
  }

  @Test
  void listedIssuerReplacesTheOneOfSpringSecurity() {
    settings.remove(JWT + "ISSUER_URI");
    settings.remove(JWT + "AUDIENCES");
    listIssuer("default", "https://sso.example.com");

    assertThat(refusal()).contains(THE_DATABASE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ISSUER_URI | http://canary.example.com | has to be an https URL
          JWK_SET_URI | http://canary.example.com | has to be an https URL
          ISSUER_URI | canary | has to be the URL in the claim iss
          ISSUER_URI | '' | is required, but not set
          AUDIENCES | '' | is required, but not set
          NAME | Canary | has to have 1 to 32 lower-case letters
          ALGORITHMS | HS256 | has to be an asymmetric algorithm
          SCOPES | canary | has to be credentials:read
          SUBJECTS_0 | '  ' | a subject has to be a sub
          """)
  void invalidIssuerIsNamed(String setting, String value, String expectation) {
    listIssuer("github", "https://token.example.com");
    settings.put("REKEY_ACCESS_ISSUERS_0_" + setting, value);

    assertThat(refusal()).contains("REKEY_ACCESS_ISSUERS_0_", expectation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "repo:*", "repo:a*", "repo:acme*/shop", "repo:acme/*,*"})
  void sharedIssuerNeedsSubjectsOfOneOwner(String subjects) {
    listIssuer("github", "https://token.actions.githubusercontent.com");
    settings.put("REKEY_ACCESS_ISSUERS_0_SUBJECTS", subjects);

    assertThat(refusal())
        .startsWith("REKEY_ACCESS_ISSUERS_0_SUBJECTS (")
        .contains("has to name your organization");
    settings.put(
        "REKEY_ACCESS_ISSUERS_0_SUBJECTS", "repo:acme/*,repo:acme/shop:ref:refs/heads/main");
    assertThat(refusal()).contains(THE_DATABASE);
  }

  @Test
  void issuersDifferInNameAndUri() {
    listIssuer("github", "https://a.example.com");
    var second = "REKEY_ACCESS_ISSUERS_1_";
    settings.put(second + "NAME", "github");
    settings.put(second + "ISSUER_URI", "https://b.example.com");
    settings.put(second + "AUDIENCES", "rekey");
    assertThat(refusal()).startsWith(second + "NAME (");

    settings.put(second + "NAME", "gitlab");
    settings.put(second + "ISSUER_URI", "https://a.example.com");
    assertThat(refusal()).startsWith(second + "ISSUER_URI (");

    settings.put(second + "ISSUER_URI", "http://b.example.com");
    assertThat(refusal()).startsWith(second + "ISSUER_URI (").contains("has to be an https URL");
  }

  @Test
  void grantOfTheDefaultIssuerNamesNoTeamOfAnotherOne() {
    listIssuer("sso", "https://sso.example.com");
    settings.put("REKEY_ACCESS_GRANTS_0_TEAM", "/sso:payments");

    assertThat(refusal())
        .startsWith("REKEY_ACCESS_GRANTS_0_TEAM (")
        .contains("begins like the teams of a listed issuer");
  }

  private void listIssuer(String name, String uri) {
    settings.put("REKEY_ACCESS_ISSUERS_0_NAME", name);
    settings.put("REKEY_ACCESS_ISSUERS_0_ISSUER_URI", uri);
    settings.put("REKEY_ACCESS_ISSUERS_0_AUDIENCES", "rekey");
  }

  @Test
  void developmentKeyIsRefusedOutsideTheSandbox() {
    settings.put("REKEY_AUDIT_SIGNING_KEY", DEVELOPMENT_KEY);

    assertThat(refusal()).contains("is the public development key");
    settings.put("REKEY_SANDBOX", "true");
    assertThat(refusal()).contains(THE_DATABASE);
  }

  @Test
  void upstreamOnThisMachineNeedsNoTls() {
    settings.put("REKEY_UPSTREAMS_KEYCARD_API_URL", "http://127.0.0.1:9090/keycard");

    assertThat(refusal()).contains(THE_DATABASE);
  }

  @Test
  void refusedStartLogsOneLine() {
    settings.put("REKEY_UPSTREAMS_KEYCARD_HTTP_READ_TIMEOUT", "canary-of-seconds");

    assertThat(start())
        .singleElement()
        .asString()
        .contains("ERROR", "Rekey does not start: REKEY_UPSTREAMS_KEYCARD_HTTP_READ_TIMEOUT (")
        .doesNotContain("canary");
  }

  @Test
  void secretMayBeAFile(@TempDir Path mount) throws IOException {
    settings.remove("SPRING_DATASOURCE_PASSWORD");
    Files.writeString(mount.resolve("spring.datasource.password"), "canary-of-a-file\n");
    settings.put("SPRING_CONFIG_IMPORT", "configtree:" + mount + "/");

    assertThat(start()).singleElement().asString().contains(THE_DATABASE);
  }

  @Test
  void missingMountIsNamed() {
    settings.put("SPRING_CONFIG_IMPORT", "configtree:/not/mounted/");

    assertThat(start())
        .singleElement()
        .asString()
        .contains("Rekey does not start: ", "/not/mounted");
  }

  @Test
  void mountWithoutASlashAtTheEndIsNamed(@TempDir Path mount) {
    settings.put("SPRING_CONFIG_IMPORT", "configtree:" + mount);

    assertThat(start())
        .singleElement()
        .asString()
        .contains("Rekey does not start: ", mount.toString(), "must end with '/'");
  }

  /** Not as a file, because root may read every file. */
  @Test
  void fileThatMayNotBeReadIsNamed() {
    var denied = new IllegalStateException(new AccessDeniedException("/mount/secret"));

    assertThat(Objects.requireNonNull(new RefusedStart().analyze(denied)).getDescription())
        .contains(System.getProperty("user.name"), "has no access to the file /mount/secret");
  }

  @ParameterizedTest
  @CsvSource({"certificate", "private-key"})
  void missingCertificateIsNamed(String which) {
    var rekey = "SPRING_SSL_BUNDLE_PEM_REKEY_KEYSTORE_";
    settings.put("SERVER_SSL_BUNDLE", "rekey");
    settings.put(rekey + "CERTIFICATE", "file:/canary/tls.crt");
    settings.put(rekey + "PRIVATEKEY", "file:/canary/tls.key");
    boolean isMissing = which.equals("private-key");
    if (isMissing) {
      settings.remove(rekey + "PRIVATEKEY");
    }

    assertThat(refusal())
        .contains("spring.ssl.bundle.pem.rekey.keystore." + which)
        .contains(isMissing ? "is required" : "have to be readable PEM files");
  }

  private void configurePolicy() {
    settings.put(POLICY + "NAME", "connectors");
    settings.put(POLICY + "ACTIONS_0_ACTION", "notify");
    settings.put(POLICY + "ACTIONS_0_TIME_BEFORE_EXPIRY", "P3D");
  }

  private void configureTarget() {
    settings.put(TARGET + "NAME", "pager");
    settings.put(TARGET + "URL", "https://pager.example.com");
    settings.put(TARGET + "SECRETS_0", "canary-of-24-bytes-or-more");
  }

  /** The line of the refusal. */
  private String refusal() {
    String line = refusalLine();
    assertThat(line).doesNotContain("canary").hasLineCount(1);
    return line;
  }

  /** The line from the name of the setting on. */
  abstract String refusalLine();

  /** The lines of a refused start, but those before the refusal. */
  abstract List<String> start();

  private static String newKey() {
    try {
      byte[] key =
          KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n"
          + new String(Base64.getEncoder().encode(key), StandardCharsets.US_ASCII)
          + "\n-----END PRIVATE KEY-----\n";
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }
}
