package sandbox;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Logs warnings of libraries and Rekey's own lines, until Spring Boot configures logging for Rekey.
 */
public final class QuietLogs {
  private QuietLogs() {}

  /** Does nothing after Spring Boot has configured logging. */
  public static void unlessConfigured() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs
        && logs.getObject(LoggingSystem.class.getName()) == null) {
      logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
      logs.getLogger("dev.rekey").setLevel(Level.INFO);
      LogManager.getLogManager().getLogger("").setLevel(java.util.logging.Level.WARNING);
    }
  }
}
