package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.aggregate.Buckets.Ends;
import dev.rekey.audit.aggregate.Buckets.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
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
    Buckets buckets = buckets(from, to, size, zone);

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

  @ParameterizedTest
  @CsvSource({
    // time zone, day, the Monday of its week, hours of the week
    "UTC, 2026-11-22, 2026-11-16, 168",
    "UTC, 2026-11-23, 2026-11-23, 168",
    "UTC, 2027-01-01, 2026-12-28, 168",
    "Europe/Berlin, 2026-03-29, 2026-03-23, 167",
    "Europe/Berlin, 2026-10-25, 2026-10-19, 169",
    // Kolkata's Monday is still Sunday in UTC.
    "Asia/Kolkata, 2026-11-25, 2026-11-23, 168"
  })
  void weekBeginsOnMondayOnTheClocksOfItsTimeZone(
      String zone, String day, String monday, long hours) {
    ZoneId there = ZoneId.of(zone);
    for (LocalTime time : List.of(LocalTime.MIN, LocalTime.NOON, LocalTime.MAX)) {
      Instant start =
          BucketSize.WEEK.start(LocalDate.parse(day).atTime(time).atZone(there).toInstant(), there);

      assertThat(start.atZone(there).toLocalDateTime()).hasToString(monday + "T00:00");
      assertThat(Duration.between(start, BucketSize.WEEK.next(start, there))).hasHours(hours);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 2026-10-25T00:07:00Z, 2026-10-25T00:00:00Z",
    "Australia/Lord_Howe, 2026-10-03T15:37:00Z, 2026-10-03T15:30:00Z",
    "Asia/Kathmandu, 2026-10-03T15:37:00Z, 2026-10-03T15:30:00Z",
    "UTC, 2026-10-03T15:59:59.999999Z, 2026-10-03T15:45:00Z"
  })
  void quarterBeginsEvery15Minutes(String zone, Instant time, Instant start) {
    ZoneId there = ZoneId.of(zone);

    assertThat(BucketSize.QUARTER.start(time, there)).isEqualTo(start);
    assertThat(BucketSize.QUARTER.next(start, there)).isEqualTo(start.plusSeconds(900));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-01T00:00:00Z, 2026-11-01T00:01:00Z, 5m",
    "2026-11-01T00:00:00Z, 2026-11-01T10:00:00Z, 5m",
    "2026-11-01T00:00:00Z, 2026-11-01T10:00:01Z, 15m",
    "2026-11-01T00:00:00Z, 2026-11-02T06:00:00Z, 15m",
    "2026-11-01T00:00:00Z, 2026-11-06T00:00:00Z, 1h",
    "2026-11-01T00:00:00Z, 2026-11-07T00:00:00Z, 1d",
    "2026-01-01T00:00:00Z, 2026-05-01T00:00:00Z, 1d",
    "2026-01-01T00:00:00Z, 2026-05-03T00:00:00Z, 1w",
    "2006-01-01T00:00:00Z, 2026-05-03T00:00:00Z, 1w"
  })
  void autoIsTheSmallestSizeWithFewBuckets(Instant from, Instant to, String size) {
    assertThat(buckets(from, to, "auto", "UTC").size()).hasToString(size);
  }

  @Test
  void autoWithoutEndsIs15Minutes() {
    Instant now = Instant.parse("2026-11-22T10:17:00Z");

    Buckets buckets =
        Buckets.of(new Ends(null, null, now), BucketSize.choice("auto"), ZoneOffset.UTC);

    assertThat(buckets.size()).isEqualTo(BucketSize.QUARTER);
    assertThat(buckets.from()).isEqualTo("2026-11-21T10:15:00Z");
    assertThat(buckets.to()).isEqualTo("2026-11-22T10:30:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "5m, 2026-11-21T10:15:00Z, 2026-11-22T10:20:00Z",
    "15m, 2026-11-21T10:15:00Z, 2026-11-22T10:30:00Z",
    "1h, 2026-11-21T10:00:00Z, 2026-11-22T11:00:00Z",
    "1d, 2026-11-21T00:00:00Z, 2026-11-23T00:00:00Z",
    // A Sunday.
    "1w, 2026-11-09T00:00:00Z, 2026-11-23T00:00:00Z"
  })
  void missingEndsAreThoseOfBuckets(String size, Instant from, Instant to) {
    Instant now = Instant.parse("2026-11-22T10:17:31.123456Z");

    Buckets buckets =
        Buckets.of(new Ends(null, null, now), BucketSize.choice(size), ZoneOffset.UTC);

    assertThat(buckets.from()).isEqualTo(from);
    assertThat(buckets.to()).isEqualTo(to);
  }

  @Test
  void givenEndsAreExact() {
    Instant time = Instant.parse("2026-11-22T10:17:31.123456Z");
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    List<BucketSize> hour = BucketSize.choice("1h");

    assertThat(Buckets.of(new Ends(time, null, now), hour, ZoneOffset.UTC))
        .returns(time, Buckets::from)
        .returns(Instant.parse("2026-11-25T01:00:00Z"), Buckets::to);
    assertThat(Buckets.of(new Ends(null, time, now), hour, ZoneOffset.UTC))
        .returns(Instant.parse("2026-11-21T10:00:00Z"), Buckets::from)
        .returns(time, Buckets::to);
  }

  /** Around changes of clocks too, two requests in one bucket ask for the same. */
  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"})
  void missingEndsStayUntilTheNextBucketBegins(String zone) {
    ZoneId there = ZoneId.of(zone);
    var random = new Random(5);
    for (String name : List.of("5m", "15m", "1h", "1d", "1w", "auto")) {
      List<BucketSize> choice = BucketSize.choice(name);
      for (int i = 0; i < 400; i++) {
        Instant any =
            Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(366 * 86_400));
        BucketSize size = name.equals("auto") ? BucketSize.QUARTER : choice.getFirst();
        Instant begin = size.start(any, there);
        Instant end = size.next(begin, there);
        Instant later = begin.plusNanos(random.nextLong(Duration.between(begin, end).toNanos()));

        Buckets buckets = Buckets.of(new Ends(null, null, begin), choice, there);

        assertThat(Buckets.of(new Ends(null, null, later), choice, there)).isEqualTo(buckets);
        assertThat(buckets.to()).isEqualTo(end);
        assertThat(buckets.from()).isBeforeOrEqualTo(later.minus(Duration.ofHours(24)));
        assertThat(buckets.starts().getFirst()).isEqualTo(buckets.from());
        assertThat(buckets.size()).isEqualTo(size);
      }
    }
  }

  private static Buckets buckets(Instant from, Instant to, String size, String zone) {
    return Buckets.of(new Ends(from, to, from), BucketSize.choice(size), ZoneId.of(zone));
  }

  private static long minutes(Span span) {
    return Duration.between(span.from(), span.to()).toMinutes();
  }
}
