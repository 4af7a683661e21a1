package dev.rekey.start;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Reports in one line why Rekey does not start. Spring Boot's own report has a dozen. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OneLineReport implements FailureAnalysisReporter {

  private static final Logger log = LoggerFactory.getLogger(OneLineReport.class);

  @Override
  public void report(FailureAnalysis analysis) {
    log.error("Rekey does not start: {}", oneLine(analysis));
    LoggingSystem.get(OneLineReport.class.getClassLoader())
        .setLogLevel(LoggingFailureAnalysisReporter.class.getName(), LogLevel.OFF);
  }

  private static String oneLine(FailureAnalysis analysis) {
    return Stream.of(analysis.getDescription(), analysis.getAction())
        .filter(text -> text != null && !text.isBlank())
        .map(text -> text.strip().replaceAll("\\s*\\R\\s*", " "))
        .collect(Collectors.joining(" "));
  }
}
