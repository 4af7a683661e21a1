package dev.rekey.run;

import dev.rekey.RekeyApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import sandbox.Examples;
import sandbox.QuietLogs;
import sandbox.Sandbox;

/**
 * Runs Rekey with a real PostgreSQL and the sandbox: {@code mvn spring-boot:test-run}. Listens on
 * this machine's loopback address only, unless {@code SERVER_ADDRESS}, {@code
 * MANAGEMENT_SERVER_ADDRESS} and {@code SANDBOX_ADDRESS} say otherwise.
 */
final class SandboxRun {

  /** Verifies this run's history. The private key exists only during the run. */
  private static final Path AUDIT_KEY = Path.of("target", "sandbox-audit.pub.pem");

  private static final String LOOPBACK = "127.0.0.1";

  private SandboxRun() {}

  public static void main(String[] args) {
    try {
      run(args);
    } catch (RuntimeException e) {
      // Spring has already logged the failure. Without an exit, the sandbox would keep the JVM
      // alive.
      System.err.println("Rekey did not start: " + NestedExceptionUtils.getMostSpecificCause(e));
      System.exit(1);
    }
  }

  private static void run(String[] args) {
    QuietLogs.unlessConfigured();
    Surroundings surroundings =
        Surroundings.with(
            PostgresServer.startEmbedded(),
            () ->
                Sandbox.startWithExamples(
                    address(System.getenv().getOrDefault("SANDBOX_ADDRESS", LOOPBACK)),
                    Integer.parseInt(
                        System.getenv().getOrDefault("SANDBOX_PORT", "" + Sandbox.DEFAULT_PORT))));
    // Runs after Rekey has shut down.
    SpringApplication.getShutdownHandlers().add(surroundings::close);
    Environment environment = rekey(surroundings).run(args).getEnvironment();
    String rekey = "http://localhost:" + environment.getProperty("local.server.port");
    SampleHistory.insert(surroundings.postgres());
    writeAuditKey(surroundings);
    String lines = lines(surroundings, rekey);
    printReady(surroundings, lines);
    new Examples(surroundings.sandbox(), URI.create(rekey)).show();
    System.out.printf(
        "%nThe sandbox has its examples now (docs/sandbox.md). Here are the lines once"
            + " more:%n%n%s%n",
        lines);
  }

  private static SpringApplication rekey(Surroundings surroundings) {
    SpringApplication rekey = RekeyApplication.application();
    rekey.setLogStartupInfo(false);
    rekey.setDefaultProperties(
        Map.of("logging.level.root", "warn", "logging.level.dev.rekey", "info"));
    Map<String, Object> properties = properties(surroundings);
    rekey.addInitializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource("sandbox", properties)));
    return rekey;
  }

  private static Map<String, Object> properties(Surroundings surroundings) {
    var properties = new HashMap<String, Object>(surroundings.properties());
    properties.put("server.address", LOOPBACK);
    properties.put("management.server.address", LOOPBACK);
    properties.put("rekey.refresh.enabled", "true");
    properties.put("rekey.refresh.interval", "1m");
    properties.put("rekey.findings.interval", "10s");
    properties.putAll(surroundings.console());
    properties.put("rekey.console.url", "http://localhost:${server.port}");
    String payments = "rekey.access.grants[0].subjects";
    properties.put(payments + "[2]", "apps/crm/connectors/salesforce");
    properties.put(payments + "[3]", "apps/crm/connectors/jira");
    properties.put(payments + "[4]", "apps/crm/connectors/zendesk");
    properties.put(payments + "[5]", "organizations/acme/service-accounts/billing");
    properties.put(payments + "[6]", "apps/crm/connectors/slack");
    properties.putAll(duePolicy());
    String target = "rekey.notifications.targets[0].";
    properties.put(target + "name", "sandbox");
    properties.put(target + "url", surroundings.sandbox().url() + "/webhooks");
    properties.put(target + "secrets[0]", Sandbox.WEBHOOK_SECRET);
    return properties;
  }

  /** A policy under which the connector slack is overdue. It is rotated a few minutes later. */
  private static Map<String, String> duePolicy() {
    String secret = "rekey.delivery.targets[3].";
    return Map.ofEntries(
        Map.entry(secret + "name", "slack-secret"),
        Map.entry(secret + "subject", "apps/crm/connectors/slack"),
        Map.entry(secret + "namespace", "identity"),
        Map.entry(secret + "secret", "slack-connector"),
        Map.entry(secret + "restart[0]", "deployment/slack-connector"),
        Map.entry("rekey.policies[0].deliver-to[1]", "slack-secret"),
        Map.entry("rekey.policies[0].actions[4].time-after-create", "P45D"),
        Map.entry("rekey.policies[0].ramp", "PT5M"),
        Map.entry("rekey.automation.check-every", "5s"));
  }

  private static InetAddress address(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeAuditKey(Surroundings surroundings) {
    try {
      Files.createDirectories(AUDIT_KEY.getParent());
      Files.writeString(AUDIT_KEY, surroundings.auditPublicKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lines(Surroundings surroundings, String rekey) {
    return """
    TOKEN=$(curl -s -u payments:payments-secret -d grant_type=client_credentials %1$s/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
    curl -s -w '\\n' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"appId":"crm","connectorId":"okta"}' %2$s/api/v1/apps/connectors/credentials
    curl -s -w '\\n' -H "Authorization: Bearer $TOKEN" %2$s/api/v1/audit-events
    """
        .formatted(surroundings.sandbox().url(), rekey);
  }

  private static void printReady(Surroundings surroundings, String lines) {
    System.out.printf(
        """

        Rekey is ready. Paste these into another terminal; Ctrl-C here ends it all.

        %s
        This verifies the history (docs/audit-chain.md), once mvn -DskipTests package has made the jar.

        PGUSER=%s PGPASSWORD=%s java -jar target/rekey-*.jar verify-audit --database %s --public-key %s

        """,
        lines,
        PostgresServer.SERVICE,
        PostgresServer.PASSWORD,
        surroundings.postgres().jdbcUrl(),
        AUDIT_KEY);
  }
}
