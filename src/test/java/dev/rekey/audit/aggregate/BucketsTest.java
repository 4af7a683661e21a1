package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.aggregate.Buckets.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets in time zones whose clocks change. */
class BucketsTest {

  @ParameterizedTest
  @CsvSource({
    // time zone, day, hours
    "UTC, 2026-10-25, 24",
    "Europe/Berlin, 2026-03-29, 23",
    "Europe/Berlin, 2026-10-25, 25",
    "America/New_York, 2026-11-01, 25",
    "Asia/Kolkata, 2026-10-25, 24",
    // Clocks skip midnight.
    "America/Santiago, 2026-09-06, 23"
  })
  void dayHasTheHoursOfItsTimeZone(String zone, String day, long hours) {
    ZoneId there = ZoneId.of(zone);
    Instant noon = ZonedDateTime.parse(day + "T12:00:00Z[" + zone + "]").toInstant();

    Instant start = BucketSize.DAY.start(noon, there);

    assertThat(Duration.between(start, BucketSize.DAY.next(start, there))).hasHours(hours);
    assertThat(start.atZone(there).toLocalDate()).hasToString(day);
  }

  @Test
  void skippedDayHasNoBucket() {
    ZoneId apia = ZoneId.of("Pacific/Apia");
    Instant from = Instant.parse("2011-12-29T12:00:00Z");

    assertThat(BucketSize.DAY.starts(from, from.plus(Duration.ofDays(3)), apia, 10))
        .extracting(start -> start.atZone(apia).toLocalDate().toString())
        .containsExactly("2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "-03:30"})
  void bucketsStartByLocalTimeWithoutAGap(String zone) {
    ZoneId there = ZoneId.of(zone);
    Instant from = Instant.parse("2026-10-02T10:17:31.123456Z");
    Instant to = Instant.parse("2026-10-28T01:02:03Z");
    for (BucketSize size : BucketSize.values()) {
      List<Instant> starts = size.starts(from, to, there, 100_000);

      assertThat(starts).isSortedAccordingTo(Comparator.naturalOrder()).doesNotHaveDuplicates();
      assertThat(starts.getFirst()).isBeforeOrEqualTo(from);
      assertThat(starts.get(1)).isAfter(from);
      assertThat(starts.getLast()).isBefore(to);
      assertThat(starts).allSatisfy(start -> assertThat(size.start(start, there)).isEqualTo(start));
      for (Instant time = from; time.isBefore(to); time = time.plus(Duration.ofMinutes(7))) {
        assertThat(starts).contains(size.start(time, there));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UTC, 1h, 2026-11-01T10:00:00Z, 2026-11-03T10:00:00Z, 0",
    "UTC, 1h, 2026-11-01T10:10:00Z, 2026-11-03T10:20:00Z, 70",
    "UTC, 1h, 2026-11-01T10:10:00Z, 2026-11-01T10:20:00Z, 10",
    "UTC, 1h, 2026-11-01T10:10:00Z, 2026-11-01T11:20:00Z, 70",
    "UTC, 5m, 2026-11-01T10:00:00Z, 2026-11-01T12:00:00Z, 120",
    "Asia/Kolkata, 1h, 2026-11-01T10:00:00Z, 2026-11-01T12:00:00Z, 120",
    "Asia/Kolkata, 1d, 2026-11-01T10:00:00Z, 2026-11-03T10:00:00Z, 120",
    "Asia/Kathmandu, 1d, 2026-11-01T18:20:00Z, 2026-11-02T18:10:00Z, 50"
  })
  void edgesCoverTheTimeOutsideWholeHours(
      String zone, String size, Instant from, Instant to, long edgeMinutes) {
    var buckets = Buckets.of(from, to, BucketSize.of(size), ZoneId.of(zone));

    List<Span> all =
        Stream.concat(buckets.wholeHours().stream(), buckets.edges().stream())
            .sorted(Comparator.comparing(Span::from))
            .toList();

    assertThat(all.getFirst().from()).isEqualTo(from);
    assertThat(all.getLast().to()).isEqualTo(to);
    for (int i = 1; i < all.size(); i++) {
      assertThat(all.get(i).from()).isEqualTo(all.get(i - 1).to());
    }
    assertThat(buckets.edges().stream().mapToLong(BucketsTest::minutes).sum())
        .isEqualTo(edgeMinutes);
    assertThat(buckets.wholeHours())
        .allSatisfy(
            hours -> {
              assertThat(hours.from().truncatedTo(ChronoUnit.HOURS)).isEqualTo(hours.from());
              assertThat(hours.to().truncatedTo(ChronoUnit.HOURS)).isEqualTo(hours.to());
            });
  }

  private static long minutes(Span span) {
    return Duration.between(span.from(), span.to()).toMinutes();
  }
}
