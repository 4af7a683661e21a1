package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.settings.PropertyException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.mock.env.MockEnvironment;

class LogFormatTest {

  private static final String NAME = "logging.structured.format.console";

  private final MockEnvironment environment = new MockEnvironment();

  @ParameterizedTest
  @ValueSource(strings = {"esc", "json"})
  void unknownFormatIsReportedInAKnownOne(String format) {
    environment.setProperty(NAME, format);

    prepare();

    assertThat(environment.getProperty(NAME)).isEqualTo("ecs");
    assertThatThrownBy(() -> LogFormat.check(environment))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("LOGGING_STRUCTURED_FORMAT_CONSOLE (" + NAME + ") has to be ecs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ecs", "gelf", "logstash"})
  void knownFormatIsKept(String format) {
    environment.setProperty(NAME, format);

    prepare();

    assertThat(environment.getProperty(NAME)).isEqualTo(format);
    LogFormat.check(environment);
  }

  private void prepare() {
    new LogFormat()
        .onApplicationEvent(
            new ApplicationEnvironmentPreparedEvent(
                new DefaultBootstrapContext(),
                new SpringApplication(),
                new String[0],
                environment));
  }
}
