package dev.rekey.start;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Logs in one line what has started: the version, the database and the most important settings. The
 * line has no secret, no password and no URL of a webhook.
 */
@Component
final class StartSummary {

  private static final Logger log = LoggerFactory.getLogger(StartSummary.class);

  private static final String DATABASE =
      """
      select format('PostgreSQL %s, database %s', current_setting('server_version'),
        current_database())
      """;

  // False for a schema that an older version migrated; null without Flyway's table.
  private static final String CAN_READ_VERSION =
      """
      select coalesce(
        has_table_privilege(to_regclass('public.flyway_schema_history'), 'select'), false)
      """;

  private static final String SCHEMA_VERSION =
      """
      select version from public.flyway_schema_history
      where success and version is not null order by installed_rank desc limit 1
      """;

  private final Environment settings;
  private final Binder binder;
  private final JdbcClient jdbc;

  StartSummary(Environment settings, JdbcClient jdbc) {
    this.settings = settings;
    this.binder = Binder.get(settings);
    this.jdbc = jdbc;
  }

  @EventListener(ApplicationReadyEvent.class)
  void log() {
    List<String> grants = items("rekey.access.grants", "team");
    log.info(
        "Rekey {} runs: {}; issuers {}; upstreams conductorone at {},"
            + " keycard at {}; organizations {}; grants {}; webhook targets {};"
            + " delivery targets {}",
        Release.version(),
        database(),
        issuers(),
        hostOf(text(RequiredProperties.CONDUCTORONE_API)),
        hostOf(settings.getProperty(RequiredProperties.KEYCARD_API, "https://api.keycard.ai")),
        items("rekey.upstreams.keycard.organizations", "id"),
        grants.size(),
        items("rekey.notifications.targets", "name"),
        items("rekey.delivery.targets", "name"));
    if (grants.isEmpty()) {
      log.warn(
          "No grant is configured, so no caller can change a subject: set"
              + " REKEY_ACCESS_GRANTS_0_TEAM and REKEY_ACCESS_GRANTS_0_SUBJECTS_0"
              + " (docs/configuration.md)");
    }
  }

  // The start goes on if the database is away now.
  private String database() {
    String host = hostOf(text(RequiredProperties.URL));
    try {
      String database = jdbc.sql(DATABASE).query(String.class).single();
      return "%s at %s, schema version %s".formatted(database, host, schemaVersion());
    } catch (DataAccessException e) {
      return "the database at %s does not respond".formatted(host);
    }
  }

  private String schemaVersion() {
    return jdbc.sql(CAN_READ_VERSION).query(Boolean.class).single()
        ? jdbc.sql(SCHEMA_VERSION).query(String.class).optional().orElse("unknown")
        : "unknown";
  }

  private List<String> issuers() {
    return Stream.concat(
            Stream.of(text(RequiredProperties.ISSUER)),
            items(RequiredProperties.LISTED_ISSUERS, "issuer-uri").stream())
        .filter(issuer -> !issuer.isBlank())
        .toList();
  }

  /** The values of one property of each item in a list of settings. */
  private List<String> items(String list, String property) {
    var values = new ArrayList<String>();
    while (true) {
      String name = list + "[" + values.size() + "]." + property;
      String value = binder.bind(name, Bindable.of(String.class)).orElse("");
      if (value.isBlank()) {
        return values;
      }
      values.add(value);
    }
  }

  private String text(String name) {
    return settings.getProperty(name, "");
  }

  /** The host and port, without user info, path and parameters, which may contain a password. */
  private static String hostOf(String url) {
    return url.replaceFirst("^[a-z:]*//", "").replaceFirst("[/?].*", "").replaceFirst(".*@", "");
  }
}
