package dev.rekey.start;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.RekeyIT;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.run.PostgresServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Databases that are not as roles.sql makes them. Rekey runs on one with the locale C, and with
 * pg_trgm in another schema; some others are refused.
 */
class DatabasesIT extends RekeyIT {

  private static final String UNUSUAL = "unusual";

  @DynamicPropertySource
  static void useTheUnusualDatabase(DynamicPropertyRegistry settings) {
    create(UNUSUAL, "locale 'C' encoding 'UTF8' template template0");
    executeIn(UNUSUAL, "create schema extensions");
    executeIn(UNUSUAL, "grant usage on schema extensions to " + PostgresServer.OWNER);
    executeIn(UNUSUAL, "create extension pg_trgm schema extensions");
    settings.add("spring.datasource.url", () -> postgres().jdbcUrl(UNUSUAL));
  }

  @ParameterizedTest
  @CsvSource({
    "MÜLLER, müller",
    "müller, MÜLLER",
    "Émile Ærø, émile ærø",
    "Москва, москва",
    "МОСКВА, Москва",
    "Mu\u0308ller, MÜLLER",
    "MÜLLER, mu\u0308ller",
    "MU\u0308LLER, Müller",
    "Чаи\u0306ка, ЧАЙКА",
    "Чайка, ЧАИ\u0306КА",
    "Οδός, ΟΔΌΣ",
    "が\uac01, か\u3099\u1100\u1161\u11a8"
  })
  void caseAndUnicodeFormAreIgnoredInTheLocaleC(String name, String q) {
    String id = as("payments").post(CHECKOUT, json("name", requestId)).text("/id");
    as("payments").send("PATCH", CHECKOUT + "/" + id, json("name", name + " " + requestId));

    assertThat(find("/api/v1/credentials?q=", q)).contains(name + " " + requestId);
    String history = "/api/v1/audit-events?q=";
    assertThat(find(history, q + " " + requestId)).contains(name);
    assertThat(find(history, q + "x " + requestId)).doesNotContain(name);
  }

  private String find(String path, String q) {
    return as("auditor").get(path + URLEncoder.encode(q, StandardCharsets.UTF_8)).raw().body();
  }

  @Test
  void roleWithoutSuperuserCreatesRolesAndDatabase() throws Exception {
    execute("create role administrator login createrole createdb password 'trusted'");
    String script =
        new ClassPathResource("db/roles.sql")
            .getContentAsString(StandardCharsets.UTF_8)
            .replaceAll("\\brekey", "managed");

    try (var connection =
        DriverManager.getConnection(postgres().jdbcUrl("postgres"), "administrator", "trusted")) {
      ScriptUtils.executeSqlScript(
          connection, new ByteArrayResource(script.getBytes(StandardCharsets.UTF_8)));
    }

    assertThat(
            query(
                """
                select pg_has_role('administrator', 'managed_owner', 'usage') as is_owner,
                  pg_get_userbyid(datdba) as owner from pg_database where datname = 'managed'
                """))
        .containsExactly(Map.of("is_owner", false, "owner", "managed_owner"));
    for (String role : List.of("managed_owner", "managed_service")) {
      execute("alter role " + role + " password '" + PostgresServer.PASSWORD + "'");
    }
    migrate("managed", "managed_owner", "managed_service");
    assertThatCode(() -> checkMigrated("managed", "managed_service")).doesNotThrowAnyException();
  }

  @Test
  void olderVersionIsRefused() {
    String database = create("template template0");
    // PostgreSQL cannot pretend to be older, but a function can.
    executeIn(database, "create schema older");
    executeIn(database, "grant usage on schema older to public");
    executeIn(
        database,
        "create function older.current_setting(text) returns text language sql return '140022'");
    execute("alter database " + database + " set search_path = older, pg_catalog, public");

    assertThatThrownBy(() -> check(database, ""))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("SPRING_DATASOURCE_URL")
        .hasMessageContaining("has to name a PostgreSQL of version 15 or newer")
        .message()
        .hasLineCount(1);
  }

  @Test
  void otherObjectsInTheSchemaAreRefused() {
    String used = create("template template0");
    executeIn(used, "create function somebodys() returns int language sql return 1");

    assertThatThrownBy(() -> check(used, ""))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("SPRING_DATASOURCE_URL")
        .hasMessageContaining("has to name an empty database")
        .message()
        .hasLineCount(1);
  }

  @Test
  void objectsOfExtensionsAreAccepted() {
    String monitored = create("template template0");
    executeIn(monitored, "create extension pg_stat_statements");
    executeIn(monitored, "create extension hstore");

    assertThatCode(() -> check(monitored, "")).doesNotThrowAnyException();
    migrate(monitored, PostgresServer.OWNER, PostgresServer.SERVICE);
    assertThatCode(() -> check(monitored, "")).doesNotThrowAnyException();
    assertThatCode(() -> checkMigrated(monitored, PostgresServer.SERVICE))
        .doesNotThrowAnyException();
  }

  @Test
  void otherSchemaIsRefused() {
    String database = create("template template0");
    executeIn(database, "create schema elsewhere authorization " + PostgresServer.OWNER);
    executeIn(database, "grant usage on schema elsewhere to " + PostgresServer.SERVICE);

    assertThatThrownBy(() -> check(database, "?currentSchema=elsewhere"))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("has to lead to the schema public")
        .message()
        .hasLineCount(1);
    assertThatCode(() -> check(database, "?currentSchema=public,elsewhere"))
        .doesNotThrowAnyException();
  }

  @Test
  void otherEncodingIsRefused() {
    String database = create("locale 'C' encoding 'LATIN1' template template0");

    assertThatThrownBy(() -> check(database, ""))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("has to name a database with the encoding UTF8");
  }

  private static void migrate(String database, String owner, String service) {
    Flyway.configure()
        .dataSource(postgres().jdbcUrl(database), owner, PostgresServer.PASSWORD)
        .placeholders(Map.of("serviceRole", service))
        .load()
        .migrate();
  }

  private static void checkMigrated(String database, String service) {
    check(
        database,
        "",
        Map.of("spring.flyway.enabled", "false", "spring.datasource.username", service));
  }

  private static void check(String database, String parameters) {
    check(database, parameters, Map.of());
  }

  private static void check(String database, String parameters, Map<String, String> more) {
    var settings = new HashMap<String, Object>(surroundings().properties());
    settings.put("spring.datasource.url", postgres().jdbcUrl(database) + parameters);
    settings.putAll(more);
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    // Some of the build's begin with rekey.
    sources.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    sources.addFirst(new MapPropertySource("surroundings", settings));
    ConfigurationPropertySources.attach(environment);
    Preflight.check(environment);
  }

  private static String create(String options) {
    String name = "other_" + UUID.randomUUID().toString().replace('-', '_');
    create(name, options);
    return name;
  }

  private static void create(String name, String options) {
    execute("create database " + name + " owner " + PostgresServer.OWNER + " " + options);
  }

  private static void executeIn(String database, String sql) {
    try (var connection = postgres().connectAsSuperuser(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
