package dev.rekey.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When change windows are open. */
class ChangeWindowsTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void withoutWindowsRotationsMayAlwaysStart() {
    assertThat(ChangeWindows.ALWAYS.next(Instant.EPOCH)).contains(Opening.ALWAYS);
  }

  @Test
  void windowIsOpenFromItsStartToItsEnd() {
    ChangeWindows windows = allowed(window("0 9 * * 2-4", "PT6H"));
    Opening tuesday = opening("2026-06-02T09:00", "2026-06-02T15:00");

    assertThat(windows.next(berlin("2026-06-02T09:00"))).contains(tuesday);
    assertThat(windows.next(berlin("2026-06-02T12:00"))).contains(tuesday);
    assertThat(windows.next(berlin("2026-05-31T12:00"))).contains(tuesday);
    assertThat(windows.next(berlin("2026-06-02T15:00")))
        .contains(opening("2026-06-03T09:00", "2026-06-03T15:00"));
    assertThat(windows.next(berlin("2026-06-04T15:00")))
        .contains(opening("2026-06-09T09:00", "2026-06-09T15:00"));
  }

  @Test
  void windowsThatMeetAreOne() {
    ChangeWindows windows =
        allowed(
            window("0 8 * * *", "PT2H"), window("0 9 * * *", "PT3H"), window("0 12 * * *", "PT1H"));

    assertThat(windows.next(berlin("2026-06-02T12:30")))
        .contains(opening("2026-06-02T08:00", "2026-06-02T13:00"));
  }

  @Test
  void deniedWindowCutsAnAllowedOne() {
    var windows =
        new ChangeWindows(
            List.of(window("0 8 * * *", "PT8H")), List.of(window("0 11 * * *", "PT1H")));

    assertThat(windows.next(berlin("2026-06-02T09:00")))
        .contains(opening("2026-06-02T08:00", "2026-06-02T11:00"));
    assertThat(windows.next(berlin("2026-06-02T11:00")))
        .contains(opening("2026-06-02T12:00", "2026-06-02T16:00"));
    assertThat(windows.next(berlin("2026-06-02T13:00")))
        .contains(opening("2026-06-02T12:00", "2026-06-02T16:00"));
  }

  @Test
  void deniedWindowAloneLeavesTheRestOpen() {
    var windows = new ChangeWindows(List.of(), List.of(window("0 0 20 12 *", "P14D")));

    assertThat(windows.next(berlin("2026-12-24T00:00")).orElseThrow().start())
        .isEqualTo(berlin("2027-01-03T00:00"));
    assertThat(windows.next(berlin("2026-12-01T00:00")).orElseThrow().end())
        .isEqualTo(berlin("2026-12-20T00:00"));
  }

  @Test
  void windowThatIsDeniedAsAWholeNeverComes() {
    var windows =
        new ChangeWindows(
            List.of(window("0 8 * * *", "PT1H")), List.of(window("0 7 * * *", "PT3H")));

    assertThat(windows.next(Instant.parse("2026-01-01T00:00:00Z"))).isEmpty();
  }

  /** On 2026-03-29 there is no time from 02:00 to 03:00; on 2026-10-25 there is one twice. */
  @ParameterizedTest
  @CsvSource({
    // Its start does not exist: an hour later, equally long.
    "30 2 * * *, PT2H, 2026-03-29T00:00:00Z, 2026-03-29T01:30:00Z, 2026-03-29T03:30:00Z",
    // The gap is within it.
    "0 1 * * *, PT3H, 2026-03-28T23:30:00Z, 2026-03-29T00:00:00Z, 2026-03-29T03:00:00Z",
    "0 9 * * *, PT6H, 2026-03-29T00:00:00Z, 2026-03-29T07:00:00Z, 2026-03-29T13:00:00Z",
    // Its start comes twice: only the first counts.
    "30 2 * * *, PT30M, 2026-10-25T00:00:00Z, 2026-10-25T00:30:00Z, 2026-10-25T01:00:00Z",
    "30 2 * * *, PT30M, 2026-10-25T01:00:00Z, 2026-10-26T01:30:00Z, 2026-10-26T02:00:00Z",
    "0 9 * * *, PT6H, 2026-10-25T00:00:00Z, 2026-10-25T08:00:00Z, 2026-10-25T14:00:00Z"
  })
  void windowsAreRightAcrossChangesOfTheClock(
      String schedule, String length, Instant from, Instant start, Instant end) {
    assertThat(allowed(window(schedule, length)).next(from)).contains(new Opening(start, end));
  }

  @Test
  void deniedWindowCoversBothOfTwoEqualHours() {
    var hourly = RecurringWindow.parse("0 * * * *", BERLIN, Duration.ofMinutes(50), true);
    var windows = new ChangeWindows(List.of(), List.of(hourly));

    for (int hour = 0; hour < 4; hour++) {
      Instant at = Instant.parse("2026-10-24T23:30:00Z").plus(Duration.ofHours(hour));
      assertThat(windows.next(at).orElseThrow().includes(at)).as("%s", at).isFalse();
    }
  }

  @Test
  void windowsThatOverlapThemselvesAreOne() {
    ChangeWindows windows = allowed(window("0 9 * * 1,2", "PT30H"));

    assertThat(windows.next(berlin("2026-06-02T10:00")))
        .contains(opening("2026-06-01T09:00", "2026-06-03T15:00"));
  }

  @Test
  void dailyWindowComesOnEveryDayOfTheYear() {
    ChangeWindows windows = allowed(window("30 2 * * *", "PT1H"));
    Instant at = berlin("2026-01-01T00:00");
    var days = new ArrayList<LocalDate>();
    while (at.isBefore(berlin("2026-12-31T03:00"))) {
      Opening next = windows.next(at).orElseThrow();
      days.add(LocalDate.ofInstant(next.start(), BERLIN));
      at = next.end();
    }

    assertThat(days).doesNotHaveDuplicates().hasSize(365);
  }

  /** Against every minute of random weeks, looked up in a slow and simple way. */
  @Test
  void openingsAgreeWithABruteForceComputation() {
    var random = new Random(7);
    for (int round = 0; round < 40; round++) {
      var allow = randomWindows(random, 1 + random.nextInt(2));
      var deny = randomWindows(random, random.nextInt(3));
      var windows = new ChangeWindows(allow, deny);
      LocalDateTime start =
          LocalDate.of(2026, 3, 20).plusDays(random.nextInt(260)).atTime(LocalTime.MIDNIGHT);
      Instant from = start.atZone(BERLIN).toInstant();
      boolean[] open = covered(allow, from);
      boolean[] denied = covered(deny, from);
      for (int minute = 0; minute < open.length; minute++) {
        open[minute] &= !denied[minute];
      }
      // It takes milliseconds to see that none comes in five years.
      int step = windows.areNever(from) ? 1_000 : 7;
      for (int minute = 0; minute < open.length; minute += step) {
        Instant at = from.plusSeconds(60L * minute);
        Opening next = windows.next(at).orElse(new Opening(Instant.MAX, Instant.MAX));
        assertThat(next.includes(at)).as("%s %s %s", allow, deny, at).isEqualTo(open[minute]);
        int later = minute;
        while (later < open.length && !open[later]) {
          later++;
        }
        if (later < open.length) {
          assertThat(next.start().isAfter(from.plusSeconds(60L * later)))
              .as("%s %s %s begins too late", allow, deny, at)
              .isFalse();
        }
      }
    }
  }

  /** Which of the minutes of five days are in a window. */
  private static boolean[] covered(List<RecurringWindow> windows, Instant from) {
    boolean[] covered = new boolean[5 * 24 * 60];
    Instant end = from.plusSeconds(60L * covered.length);
    for (RecurringWindow window : windows) {
      window
          .endingAfter(from)
          .takeWhile(opening -> opening.start().isBefore(end))
          .forEach(
              opening -> {
                for (int minute = 0; minute < covered.length; minute++) {
                  covered[minute] |= opening.includes(from.plusSeconds(60L * minute));
                }
              });
    }
    return covered;
  }

  private static List<RecurringWindow> randomWindows(Random random, int count) {
    var windows = new ArrayList<RecurringWindow>();
    for (int i = 0; i < count; i++) {
      String schedule =
          "%d %d * * %d-%d"
              .formatted(
                  random.nextInt(60), random.nextInt(24), random.nextInt(3), 3 + random.nextInt(4));
      windows.add(
          RecurringWindow.parse(
              schedule,
              BERLIN,
              Duration.ofMinutes(20 + random.nextInt(900)),
              random.nextBoolean()));
    }
    return windows;
  }

  private static ChangeWindows allowed(RecurringWindow... windows) {
    return new ChangeWindows(List.of(windows), List.of());
  }

  private static RecurringWindow window(String schedule, String length) {
    return RecurringWindow.parse(schedule, BERLIN, Duration.parse(length), false);
  }

  private static Opening opening(String start, String end) {
    return new Opening(berlin(start), berlin(end));
  }

  private static Instant berlin(String local) {
    return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
  }
}
