package dev.rekey.console;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A search of the inventory that many people need.
 *
 * @param query of the page's URL
 */
record Preset(String title, String query) {

  private static final String LIVE = "status=ACTIVE,RETIRING";

  /** All of them. Their times are whole days, so that their URLs stay the same for a day. */
  static List<Preset> at(Instant now) {
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    return List.of(
        new Preset("All", ""),
        new Preset("Overdue", "overdue=true&sort=expiresAt"),
        dueWithin(7, today),
        dueWithin(30, today),
        new Preset(
            "Unused for 90 days", LIVE + "&notUsedSince=" + after(-90, today) + "&sort=lastUsedAt"),
        new Preset("Made outside Rekey", LIVE + "&origin=DISCOVERED"),
        new Preset("Missing", "status=MISSING"),
        new Preset(
            "Next rotations", "waitsFor=DUE_TIME,FIRST_SLOT,WINDOW,TURN&sort=nextRotationAt"),
        new Preset(
            "Waiting for somebody",
            "waitsFor=PAUSE,AUTOMATION_HALTED,DELIVERY_TARGET,CREDENTIAL,OWN_LOGIN"));
  }

  private static Preset dueWithin(int days, Instant today) {
    return new Preset(
        "Due in " + days + " days",
        LIVE
            + "&expiresAfter="
            + today
            + "&expiresBefore="
            + after(days + 1, today)
            + "&sort=expiresAt");
  }

  private static Instant after(int days, Instant today) {
    return today.plus(Duration.ofDays(days));
  }
}
