package dev.rekey.audit;

import dev.rekey.platform.query.TimeRange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The query parameters of the routes that go through the history by time. */
public record SearchQuery(@Nullable Instant from, @Nullable Instant to, @Nullable String q) {

  /** Throws an {@code invalid-parameter} problem if a value is malformed. */
  public AuditSearch search(AuditFilter filter) {
    return new AuditSearch(filter, TimeRange.ordered(from, to), Words.of(q));
  }
}
