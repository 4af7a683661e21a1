package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sees to it that a format of the log that there is none of can be told in the log: without a log,
 * nothing can.
 */
public final class LogFormat
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private static final String NAME = "logging.structured.format.console";
  private static final Set<String> KNOWN = Set.of("", "ecs", "gelf", "logstash");
  private static final String INSTEAD = "instead of an unknown log format";

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    ConfigurableEnvironment environment = event.getEnvironment();
    String format = environment.getProperty(NAME, "");
    if (!KNOWN.contains(format.toLowerCase(Locale.ROOT))) {
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource(INSTEAD, Map.of(NAME, "ecs")));
    }
  }

  /** After the settings are there, and before the log is. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER - 1;
  }

  static void check(ConfigurableEnvironment environment) {
    if (environment.getPropertySources().contains(INSTEAD)) {
      throw new PropertyException(
          NAME, "has to be ecs, gelf or logstash, or not there for plain text");
    }
  }
}
