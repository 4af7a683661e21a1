package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekey.RekeyApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Runs the checks of a start, most of them without starting. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedStartTest extends RefusedStarts {

  private static final String REQUIRED_LINE =
      "^  [A-Z0-9_]+ \\([a-z0-9.\\[\\]-]+\\) is required, but not set: \\S.*"
          + " \\(docs/configuration\\.md\\)$";

  private CapturedOutput output;

  @BeforeEach
  void capture(CapturedOutput output) {
    this.output = output;
  }

  @Test
  void sandboxIsLogged() {
    settings.put("REKEY_SANDBOX", "true");

    assertThat(start())
        .hasSize(2)
        .first()
        .asString()
        .contains("WARN", "This is a sandbox", "not for production");
  }

  @Test
  void allMissingSettingsAreReportedAtOnceInAFixedOrder() {
    settings.clear();

    List<String> lines = refusalLine().lines().toList();

    assertThat(lines.getFirst()).isEqualTo("15 settings are missing or invalid:");
    assertThat(lines.subList(1, lines.size()))
        .allSatisfy(line -> assertThat(line).containsPattern(REQUIRED_LINE))
        .extracting(line -> line.strip().replaceFirst(" .*", ""))
        .containsExactlyElementsOf(REQUIRED);
  }

  @Test
  void settingsThatALaterOneNeedsAreReportedWithTheirMeaning() {
    settings.put("REKEY_ACCESS_GRANTS_0_SUBJECTS_0", "apps/crm/connectors/*");
    settings.put("REKEY_EXPIRY_OVERRIDES_0_SUBJECTS_0", "apps/crm/connectors/*");
    settings.put("REKEY_UPSTREAMS_KEYCARD_ORGANIZATIONS_1_LABELS_0", "acme-corp");
    settings.put("REKEY_NOTIFICATIONS_TARGETS_0_TYPES_0", "rotation.unknown");

    assertThat(refusalLine().lines().skip(1))
        .extracting(line -> line.strip().replaceFirst(" .*", ""))
        .containsExactly(
            "REKEY_ACCESS_GRANTS_0_TEAM",
            "REKEY_EXPIRY_OVERRIDES_0_MAX_AGE",
            "REKEY_NOTIFICATIONS_TARGETS_0_NAME",
            "REKEY_NOTIFICATIONS_TARGETS_0_URL",
            "REKEY_NOTIFICATIONS_TARGETS_0_SECRETS",
            "REKEY_UPSTREAMS_KEYCARD_ORGANIZATIONS_1_ID");
  }

  @Test
  void missingUnknownInvalidAndUnsafeSettingsAreReportedTogether() {
    settings.remove("SPRING_DATASOURCE_PASSWORD");
    settings.put("REKEY_ROTATION_CALL_WITIN", "20s");
    settings.put("REKEY_ROTATION_CALL_WITHIN", "canary-of-a-duration");
    settings.put("REKEY_AUDIT_SEAL_EVERY", "2s");
    settings.put("REKEY_AUDIT_CHECKPOINT_EVERY", "1h");
    settings.put("SPRING_FLYWAY_PASSWORD", "changeme");
    settings.put("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "5");

    assertThat(start())
        .singleElement()
        .asString()
        .contains("Rekey does not start: 7 settings are missing or invalid:")
        .doesNotContain("canary");
    assertThat(output.getAll().lines().filter(line -> line.startsWith("  ")))
        .extracting(line -> line.strip().replaceFirst(" .*", ""))
        .containsExactly(
            "SPRING_DATASOURCE_PASSWORD",
            "REKEY_ROTATION_CALL_WITIN",
            "REKEY_AUDIT_CHECKPOINT_EVERY",
            "REKEY_AUDIT_SEAL_EVERY",
            "REKEY_ROTATION_CALL_WITHIN",
            "SPRING_FLYWAY_PASSWORD",
            "MANAGEMENT_TRACING_SAMPLING_PROBABILITY");
  }

  @ParameterizedTest
  @CsvSource({
    "REKEY_SANDBOX, true",
    "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI, https://localhost:9090",
    "REKEY_UPSTREAMS_CONDUCTORONE_API_URL, http://localhost:9090/conductorone",
    "REKEY_UPSTREAMS_CONDUCTORONE_TOKEN_URL, http://127.0.0.1:9090/conductorone/auth/v1/token"
  })
  void aTrialNamesItsKeycard(String variable, String value) {
    settings.put(variable, value);
    assertThatKeycardIsRequired();
  }

  @Test
  void invalidTargetIsNamedByItself() {
    settings.put("REKEY_DELIVERY_TARGETS_0_NAME", "okta-secret");
    settings.put("REKEY_DELIVERY_TARGETS_0_SUBJECT", "apps/crm/connectors/okta");
    settings.put("REKEY_DELIVERY_TARGETS_0_NAMESPACE", "identity");
    settings.put("REKEY_DELIVERY_TARGETS_0_SECRET", "okta-connector");
    settings.put("REKEY_DELIVERY_TARGETS_0_PRESET", "vault");

    assertThat(refusalLine())
        .contains("REKEY_DELIVERY_TARGETS_0_PRESET")
        .contains("has to be baton or generic");
  }

  @Test
  void aTrialWithAListedIssuerNamesItsKeycard() {
    settings.put("REKEY_ACCESS_ISSUERS_0_NAME", "local");
    settings.put("REKEY_ACCESS_ISSUERS_0_ISSUER_URI", "https://localhost:9090");
    settings.put("REKEY_ACCESS_ISSUERS_0_AUDIENCES", "rekey");
    assertThatKeycardIsRequired();
  }

  private void assertThatKeycardIsRequired() {
    settings.keySet().removeAll(KEYCARD_URLS);

    assertThat(refusalLine().lines().skip(1))
        .extracting(line -> line.strip().replaceFirst(" .*", ""))
        .containsExactlyElementsOf(KEYCARD_URLS);
  }

  @Test
  void settingsOfTheDocumentationOnlyNeedTheirDatabase(@TempDir Path secrets) throws IOException {
    settings.clear();
    settings.putAll(ExampleSettings.variables());
    assertThat(ExampleSettings.files()).hasSize(5).contains("rekey.audit.signing-key");
    for (String file : ExampleSettings.files()) {
      Files.writeString(
          secrets.resolve(file),
          file.endsWith("signing-key") ? GOOD_KEY : "canary-of-" + file + "\n");
    }
    settings.put("SPRING_CONFIG_IMPORT", "configtree:" + secrets + "/");

    assertThat(start()).singleElement().asString().contains(THE_DATABASE).doesNotContain("canary");
  }

  @Test
  void variablesOfOtherProgramsAreLoggedAndIgnored() {
    settings.put("REKEY_ROTATOIN_CALL_WITHIN", "canary");
    settings.put("REKEY_OWNER_PASSWORD", "canary");
    settings.put("REKEY_SANDBOX", "false");
    settings.put("REKEY_PORT_8080_TCP_ADDR", "10.0.0.1");

    refusalLine();

    assertThat(output)
        .contains(
            "Rekey does not have the settings [REKEY_OWNER_PASSWORD, REKEY_ROTATOIN_CALL_WITHIN]")
        .doesNotContain("canary");
  }

  @Override
  String refusalLine() {
    Throwable refused = catchThrowable(() -> Preflight.check(environment()));
    return Objects.requireNonNull(new RefusedStart().analyze(refused), "no refusal")
        .getDescription();
  }

  @Override
  List<String> start() {
    int before = output.getAll().length();
    SpringApplication rekey = RekeyApplication.application();
    rekey.setEnvironment(environment());
    assertThat(catchThrowable(rekey::run)).isNotNull();
    return output
        .getAll()
        .substring(before)
        .lines()
        .filter(line -> !line.contains(" INFO ") && !line.isBlank() && !line.startsWith("  "))
        .toList();
  }

  private ConfigurableEnvironment environment() {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    sources.replace(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new SystemEnvironmentPropertySource(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(settings)));
    ConfigurationPropertySources.attach(environment);
    return environment;
  }
}
