package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.JarRun;
import dev.rekey.run.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command in production form, against a PostgreSQL that has the roles and nothing else. */
@Tag("chaos")
class MigrateCommandIT {

  private static PostgresServer postgres;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start();
    postgres.demandPasswords();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @Test
  void ownerMigratesOnceAndServiceMayNotChangeHistory() throws Exception {
    JarRun first = migrate(Map.of());
    JarRun second = migrate(Map.of());

    assertThat(first.said())
        .singleElement()
        .asString()
        .containsPattern("The schema is at version \\d+; [1-9]\\d* migrations ran");
    assertThat(first.exit()).isZero();
    assertThat(second.said()).singleElement().asString().contains("; 0 migrations ran");
    assertThat(second.exit()).isZero();
    assertThat(ask("select tableowner from pg_tables where tablename = 'audit_event'"))
        .isEqualTo(PostgresServer.OWNER);
    assertThat(ask("select has_table_privilege('rekey_service', 'audit_event', 'select')::text"))
        .isEqualTo("true");
    assertThat(ask("select has_table_privilege('rekey_service', 'audit_event', 'update')::text"))
        .isEqualTo("false");
  }

  @Test
  void invalidSettingIsReportedInOneLine() {
    JarRun missing = migrate(Map.of("SPRING_FLYWAY_PASSWORD", ""));
    JarRun sameRole = migrate(Map.of("SPRING_DATASOURCE_USERNAME", PostgresServer.OWNER));
    JarRun wrongPassword = migrate(Map.of("SPRING_FLYWAY_PASSWORD", "canary-of-the-owner"));
    JarRun passwordInUrl =
        migrate(Map.of("SPRING_DATASOURCE_URL", "postgresql://owner:canary@localhost/rekey"));
    JarRun noPort =
        migrate(Map.of("SPRING_DATASOURCE_URL", "jdbc:postgresql://localhost:5x?password=canary"));
    JarRun noDatabase = migrate(Map.of("SPRING_DATASOURCE_URL", postgres.jdbcUrl("gone")));
    JarRun knownPassword = migrate(Map.of("REKEY_SANDBOX", "false"));
    JarRun argument = migrate(Map.of(), "--spring.flyway.user=somebody");

    assertThat(missing.said())
        .singleElement()
        .asString()
        .contains(
            "Nothing was migrated: SPRING_FLYWAY_PASSWORD (spring.flyway.password) is required");
    assertThat(sameRole.said())
        .singleElement()
        .asString()
        .contains("has to be a lesser role than spring.flyway.user");
    assertThat(noDatabase.said())
        .singleElement()
        .asString()
        .contains("SPRING_DATASOURCE_URL (spring.datasource.url) has to name a database that")
        .doesNotContain(PostgresServer.PASSWORD);
    assertThat(wrongPassword.said())
        .singleElement()
        .asString()
        .contains("SPRING_FLYWAY_PASSWORD (spring.flyway.password) is not accepted by the database")
        .doesNotContain("canary");
    assertThat(List.of(passwordInUrl, noPort))
        .allSatisfy(
            run ->
                assertThat(run.said())
                    .singleElement()
                    .asString()
                    .contains("SPRING_DATASOURCE_URL (spring.datasource.url)")
                    .doesNotContain("canary"));
    assertThat(argument.said()).singleElement().asString().contains("it takes no arguments");
    assertThat(knownPassword.said())
        .singleElement()
        .asString()
        .contains("SPRING_FLYWAY_PASSWORD (spring.flyway.password) is a well-known password");
    assertThat(
            List.of(
                missing,
                sameRole,
                wrongPassword,
                passwordInUrl,
                noPort,
                noDatabase,
                knownPassword,
                argument))
        .extracting(JarRun::exit)
        .containsOnly(1);
  }

  @Test
  void unknownCommandRunsNothing() {
    var run = JarRun.within(Duration.ofMinutes(1), Map.of(), "migrat");

    assertThat(run.said())
        .singleElement()
        .asString()
        .contains("There is no command migrat. Use migrate, verify-audit, or none");
    assertThat(run.exit()).isEqualTo(2);
  }

  private static String ask(String sql) throws SQLException {
    try (var connection = postgres.connect(PostgresServer.OWNER);
        var row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Without the service's password, which the command does not need. */
  private static JarRun migrate(Map<String, String> changes, String... arguments) {
    var settings =
        new HashMap<>(
            Map.of(
                "REKEY_SANDBOX",
                "true",
                "SPRING_DATASOURCE_URL",
                postgres.jdbcUrl(),
                "SPRING_DATASOURCE_USERNAME",
                PostgresServer.SERVICE,
                "SPRING_FLYWAY_USER",
                PostgresServer.OWNER,
                "SPRING_FLYWAY_PASSWORD",
                PostgresServer.PASSWORD,
                // The service has this setting where another process migrates.
                "SPRING_FLYWAY_ENABLED",
                "false"));
    settings.putAll(changes);
    return JarRun.within(
        Duration.ofSeconds(60),
        settings,
        Stream.concat(Stream.of("migrate"), Stream.of(arguments)).toArray(String[]::new));
  }
}
