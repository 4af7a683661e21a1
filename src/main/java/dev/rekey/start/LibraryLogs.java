package dev.rekey.start;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Keeps libraries from logging below INFO, whatever the settings are. Some log forms, headers, URLs
 * and settings at DEBUG, which contain secrets. A new library needs no rule.
 */
public final class LibraryLogs
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  /** They log SQL, transactions and connections. The database contains no secret. */
  private static final List<String> HARMLESS =
      List.of(
          "org.hibernate.SQL",
          "org.hibernate.orm.jdbc.bind",
          "org.springframework.jdbc.core",
          "org.springframework.orm.jpa",
          "org.springframework.transaction",
          "com.zaxxer.hikari.pool");

  /** Warn with a URL that they cannot parse, which may contain a password. */
  private static final List<String> ERRORS_ONLY =
      List.of("org.postgresql.Driver", "org.postgresql.util.PGPropertyUtil");

  /** Log the first malformed request line, header or cookie at INFO. It may be a token. */
  private static final List<String> WARNINGS_ONLY =
      List.of("org.apache.coyote", "org.apache.tomcat.util.http");

  private static final List<String> UNLIMITED =
      Stream.concat(Stream.of("dev.rekey"), HARMLESS.stream()).toList();

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    var logback = (LoggerContext) LoggerFactory.getILoggerFactory();
    if (logback.getTurboFilterList().stream().noneMatch(Limit.class::isInstance)) {
      logback.addTurboFilter(new Limit());
    }
  }

  /** After the log is configured, which removes all filters. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER + 1;
  }

  /** Precedes the levels of the loggers. */
  private static final class Limit extends TurboFilter {

    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        Object @Nullable [] parameters,
        @Nullable Throwable thrown) {
      return level.isGreaterOrEqual(logger.getEffectiveLevel())
              && !level.isGreaterOrEqual(lowest(logger.getName()))
          ? FilterReply.DENY
          : FilterReply.NEUTRAL;
    }

    private static Level lowest(String logger) {
      if (UNLIMITED.stream().anyMatch(name -> isWithin(name, logger))) {
        return Level.TRACE;
      }
      if (WARNINGS_ONLY.stream().anyMatch(name -> isWithin(name, logger))) {
        return Level.WARN;
      }
      return ERRORS_ONLY.contains(logger) ? Level.ERROR : Level.INFO;
    }

    private static boolean isWithin(String name, String logger) {
      return logger.startsWith(name)
          && (logger.length() == name.length() || logger.charAt(name.length()) == '.');
    }
  }
}
