package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFault;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Names the invalid property. Spring Boot's own analyzers would quote its value. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusedStart implements FailureAnalyzer {

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    PropertyException fault = PropertyFault.in(failure);
    if (fault != null) {
      return new FailureAnalysis(fault.getMessage(), null, failure);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FlywayException) {
        return new FailureAnalysis(
            "the schema could not be migrated: " + cause.getMessage(), null, failure);
      }
    }
    return null;
  }
}
