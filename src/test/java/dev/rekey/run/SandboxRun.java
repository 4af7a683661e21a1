package dev.rekey.run;

import dev.rekey.RekeyApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import sandbox.Sandbox;

/** Runs Rekey with a real PostgreSQL and the sandbox: {@code mvn spring-boot:test-run}. */
final class SandboxRun {

  /** Verifies this run's history. The private key exists only during the run. */
  private static final Path AUDIT_KEY = Path.of("target", "sandbox-audit.pub.pem");

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
    String port = System.getenv().getOrDefault("SANDBOX_PORT", "" + Sandbox.DEFAULT_PORT);
    Surroundings surroundings =
        Surroundings.with(PostgresServer.startEmbedded(), Integer.parseInt(port));
    // Runs after Rekey has shut down.
    SpringApplication.getShutdownHandlers().add(surroundings::close);
    SpringApplication rekey = RekeyApplication.application();
    var properties = new HashMap<String, Object>(surroundings.properties());
    properties.put("rekey.refresh.enabled", "true");
    properties.put("rekey.refresh.interval", "1m");
    properties.put("rekey.notifications.targets[0].name", "sandbox");
    properties.put(
        "rekey.notifications.targets[0].url", surroundings.sandbox().url() + "/webhooks");
    properties.put("rekey.notifications.targets[0].secrets[0]", Sandbox.WEBHOOK_SECRET);
    rekey.addInitializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addLast(new MapPropertySource("sandbox", properties)));
    rekey.addListeners(
        event -> {
          if (event instanceof ApplicationReadyEvent ready) {
            SampleHistory.insert(surroundings.postgres());
            writeAuditKey(surroundings);
            print(ready.getApplicationContext().getEnvironment(), surroundings);
          }
        });
    rekey.run(args);
  }

  private static void writeAuditKey(Surroundings surroundings) {
    try {
      Files.createDirectories(AUDIT_KEY.getParent());
      Files.writeString(AUDIT_KEY, surroundings.auditPublicKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(Environment environment, Surroundings surroundings) {
    String rekey = "http://localhost:" + environment.getProperty("local.server.port");
    System.out.printf(
        """

        Rekey is ready. Paste these into another terminal; Ctrl-C here ends it all.

        TOKEN=$(curl -s -u payments:payments-secret -d grant_type=client_credentials %1$s/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
        curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"appId":"crm","connectorId":"okta"}' %2$s/api/v1/apps/connectors/credentials
        curl -s -H "Authorization: Bearer $TOKEN" %2$s/api/v1/audit-events

        This verifies the history (docs/audit-chain.md), once mvn -DskipTests package has made the jar.

        PGUSER=%3$s PGPASSWORD=%4$s java -jar target/rekey-*.jar verify-audit --database %5$s --public-key %6$s

        """,
        surroundings.sandbox().url(),
        rekey,
        PostgresServer.SERVICE,
        PostgresServer.PASSWORD,
        surroundings.postgres().jdbcUrl(),
        AUDIT_KEY);
  }
}
