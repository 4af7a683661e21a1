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
 * Replaces an unknown log format until {@link #check} can report it. Spring Boot would fail without
 * a log.
 */
public final class LogFormat
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private static final String NAME = "logging.structured.format.console";
  private static final Set<String> KNOWN = Set.of("", "ecs", "gelf", "logstash");
  private static final String REPLACEMENT = "replacement of an unknown log format";

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    ConfigurableEnvironment environment = event.getEnvironment();
    String format = environment.getProperty(NAME, "");
    if (!KNOWN.contains(format.toLowerCase(Locale.ROOT))) {
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource(REPLACEMENT, Map.of(NAME, "ecs")));
    }
  }

  /** After the properties are loaded, and before the log is configured. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER - 1;
  }

  static void check(ConfigurableEnvironment environment) {
    if (environment.getPropertySources().contains(REPLACEMENT)) {
      throw new PropertyException(NAME, "has to be ecs, gelf or logstash, or unset for plain text");
    }
  }
}
