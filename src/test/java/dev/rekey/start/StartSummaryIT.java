package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Scrape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(OutputCaptureExtension.class)
class StartSummaryIT extends RekeyIT {

  @Autowired private Environment environment;
  @Autowired private JdbcClient jdbc;

  @Test
  void oneLineSumsUpTheStart(CapturedOutput output) {
    long schema = numberOf("select max(version::int) from flyway_schema_history");
    String sandbox = surroundings().sandbox().url().toString();

    new StartSummary(environment, jdbc).log();

    assertThat(output.getAll().lines().filter(line -> line.contains(" runs: ")))
        .last()
        .asString()
        .contains(
            "Rekey " + Release.version() + " runs: PostgreSQL 1",
            ", database rekey at localhost:" + postgres().port(),
            "schema version " + schema + ";",
            "issuers [" + sandbox + "]",
            "conductorone at " + sandbox.replace("http://", "") + ", keycard at localhost:",
            "organizations [acme]; grants 4; webhook targets [];",
            "delivery targets [okta-secret, checkout-secret, batch-secret]");
  }

  @Test
  void passwordsAndWebhookUrlsAreNotInIt(CapturedOutput output) {
    String targets = "rekey.notifications.targets[0].";
    var settings =
        with(
            Map.of(
                "spring.datasource.url",
                "jdbc:postgresql://user:canary@first:5432,second:5432/rekey?password=canary",
                "spring.datasource.password",
                "canary",
                RequiredProperties.CONDUCTORONE_API,
                "https://canary:canary@acme.conductor.one/canary",
                targets + "name",
                "pager",
                targets + "url",
                "https://pager.example.com/canary",
                targets + "secrets[0]",
                "canary-of-24-bytes-or-more",
                "rekey.access.issuers[0].issuer-uri",
                "https://gitlab.example.com"));

    new StartSummary(settings, jdbc).log();

    assertThat(output)
        .contains(
            "at first:5432,second:5432, schema",
            "conductorone at acme.conductor.one, keycard at api.keycard.ai;",
            "issuers [https://gitlab.example.com]",
            "webhook targets [pager]")
        .doesNotContain("canary", PostgresServer.PASSWORD);
  }

  @Test
  void startWithoutGrantsIsWarnedOf(CapturedOutput output) {
    new StartSummary(with(Map.of()), jdbc).log();

    assertThat(output.getAll().lines().filter(line -> line.contains("StartSummary  ")))
        .last()
        .asString()
        .contains("No grant is configured", "REKEY_ACCESS_GRANTS_0_TEAM");
  }

  @Test
  void managementPortShowsTheVersionWithoutAToken() {
    var info = management().get("/actuator/info");

    assertThat(info.status()).isEqualTo(200);
    if (!Release.version().equals("unknown")) {
      assertThat(info.raw().body()).contains("\"version\":\"" + Release.version() + "\"");
    }
    assertThat(
            Scrape.of(management()).of("rekey_build_info{version=\"" + Release.version() + "\"}"))
        .isOne();
  }

  private static Environment with(Map<String, Object> settings) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    ConfigurationPropertySources.attach(environment);
    return environment;
  }
}
