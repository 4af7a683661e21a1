package dev.rekey.console;

import dev.rekey.audit.AuditQuery.SearchQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The links to other times of the same search.
 *
 * @param wider to twice the time; null if a search takes no longer time
 */
record TimeWindow(List<Choice> choices, @Nullable String wider) {

  private static final Duration DEFAULT = Duration.ofHours(24);

  /** Less than what a search takes, so that a link without an end works for some days. */
  private static final Duration LONGEST = Duration.ofDays(90);

  /** A time that ends now. */
  record Choice(String title, String url, boolean isCurrent) {}

  static TimeWindow of(SearchQuery shown, Link history, Instant moment) {
    Instant now = moment.truncatedTo(ChronoUnit.SECONDS);
    Instant end = Objects.requireNonNullElse(shown.to(), now);
    Instant start = Objects.requireNonNullElse(shown.from(), end.minus(DEFAULT));
    Duration span = Duration.between(start, end);
    return new TimeWindow(
        Stream.of(
                choice("Last hour", Duration.ofHours(1), shown, span, history, now),
                choice("24 hours", DEFAULT, shown, span, history, now),
                choice("7 days", Duration.ofDays(7), shown, span, history, now),
                choice("30 days", Duration.ofDays(30), shown, span, history, now))
            .toList(),
        span.compareTo(LONGEST) < 0 ? wider(end, span, history, now) : null);
  }

  private static Choice choice(
      String title, Duration length, SearchQuery shown, Duration span, Link history, Instant now) {
    // A link's start is fixed, and the clock goes on.
    boolean isCurrent =
        shown.to() == null
            && span.minus(length).abs().compareTo(length.dividedBy(20)) < 0
            && (shown.from() != null || length.equals(DEFAULT));
    Instant from = length.equals(DEFAULT) ? null : now.minus(length);
    return new Choice(title, history.with("from", from).without("to").url(), isCurrent);
  }

  private static String wider(Instant end, Duration span, Link history, Instant now) {
    Duration twice = span.multipliedBy(2);
    Duration length = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    Instant to = end.plus(length.minus(span).dividedBy(2));
    return to.isBefore(now)
        ? history.with("from", to.minus(length)).with("to", to).url()
        : history.with("from", now.minus(length)).without("to").url();
  }
}
