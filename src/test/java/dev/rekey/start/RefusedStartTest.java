package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekey.RekeyApplication;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
        .filter(line -> !line.contains(" INFO ") && !line.isBlank())
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
