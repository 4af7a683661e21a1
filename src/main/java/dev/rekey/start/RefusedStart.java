package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFault;
import java.nio.file.AccessDeniedException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Reports why Rekey does not start: in one line, or in one for each invalid property. Spring Boot's
 * own report has a dozen lines for one, and its analyzers would quote the value.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusedStart implements FailureAnalyzer, FailureAnalysisReporter {

  private static final Logger log = LoggerFactory.getLogger(RefusedStart.class);

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    PropertyException fault = PropertyFault.in(failure);
    if (fault != null) {
      return new FailureAnalysis(fault.getMessage(), null, failure);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String reason = reason(cause);
      if (reason != null) {
        return new FailureAnalysis(reason, null, failure);
      }
    }
    return null;
  }

  private static @Nullable String reason(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return switch (cause) {
      case FlywayException _ -> "the schema could not be migrated: " + message;
      case AccessDeniedException denied ->
          "the user %s has no access to the file %s (docs/configuration.md)"
              .formatted(System.getProperty("user.name"), denied.getFile());
      // Spring Boot's text for SPRING_CONFIG_IMPORT.
      case IllegalStateException _ when message.startsWith("Config tree location") ->
          message + " (docs/configuration.md)";
      default -> null;
    };
  }

  @Override
  public void report(FailureAnalysis analysis) {
    // The message of invalid properties has a line for each of them.
    PropertyException fault = PropertyFault.in(analysis.getCause());
    log.error("Rekey does not start: {}", fault == null ? oneLine(analysis) : fault.getMessage());
    LoggingSystem.get(RefusedStart.class.getClassLoader())
        .setLogLevel(LoggingFailureAnalysisReporter.class.getName(), LogLevel.OFF);
  }

  private static String oneLine(FailureAnalysis analysis) {
    return Stream.of(analysis.getDescription(), analysis.getAction())
        .filter(text -> text != null && !text.isBlank())
        .map(text -> text.strip().replaceAll("\\s*\\R\\s*", " "))
        .collect(Collectors.joining(" "));
  }
}
