package dev.rekey;

import dev.rekey.start.LogFormat;
import dev.rekey.start.Preflight;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * The command that migrates the schema to this version as its owner, so that the service can run
 * without the owner's password. It has the service's settings, and logs the result in one line.
 */
final class MigrateCommand {

  static final String NAME = "migrate";

  // With its own URL, Flyway needs no DataSource and not the service's password. Lazy beans let
  // this class report a missing setting in one line.
  private static final String[] SETTINGS = {
    "--spring.flyway.enabled=true",
    "--spring.flyway.url=${spring.datasource.url:}",
    "--spring.main.lazy-initialization=true",
    "--logging.level.org.flywaydb=warn"
  };

  private static final Logger log = LoggerFactory.getLogger(MigrateCommand.class);

  private MigrateCommand() {}

  /** Runs with the arguments after its name; returns the exit code: 0 or 1. */
  static int run(String... arguments) {
    if (arguments.length == 1 && arguments[0].equals("--help")) {
      Usage.print(Usage.HELP);
      return 0;
    }
    try (var context = context()) {
      String problem =
          arguments.length > 0
              ? "it takes no arguments; its settings are those of the service"
              : Preflight.obstacleToMigration(context.getEnvironment());
      if (problem != null) {
        log.error("Nothing was migrated: {}", problem);
        return 1;
      }
      return migrate(context);
    }
  }

  private static ConfigurableApplicationContext context() {
    return new SpringApplicationBuilder(Migration.class)
        .web(WebApplicationType.NONE)
        .logStartupInfo(false)
        .listeners(new LogFormat())
        .run(SETTINGS);
  }

  private static int migrate(ConfigurableApplicationContext context) {
    try {
      var flyway = context.getBean(Flyway.class);
      int ran = flyway.migrate().migrationsExecuted;
      log.info("The schema is at version {}; {} migrations ran", version(flyway), ran);
      return 0;
    } catch (RuntimeException e) {
      log.error("The schema was not migrated: {}", oneLine(e));
      return 1;
    }
  }

  private static @Nullable String version(Flyway flyway) {
    var current = flyway.info().current();
    return current == null ? null : current.getVersion().getVersion();
  }

  private static String oneLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).strip().replaceAll("[\\s-]*\\R[\\s-]*", " ");
  }

  /** Only Flyway, which does not migrate on its own here. */
  @ImportAutoConfiguration(FlywayAutoConfiguration.class)
  static final class Migration {

    @Bean
    FlywayMigrationStrategy onlyByCommand() {
      return flyway -> {};
    }
  }
}
