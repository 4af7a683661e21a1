package dev.rekey.console;

import dev.rekey.rotation.RotationView;
import dev.rekey.rotation.RotationView.Attempt;
import dev.rekey.rotation.RotationView.Delivery;
import dev.rekey.rotation.RotationView.Retirement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a rotation, in the coordinates of an SVG picture. Milliseconds and days are both
 * visible, because the width of an interval grows with the logarithm of its length.
 *
 * @param steps from the first to the last
 * @param marks the positions of all times
 * @param now the position of the time of the page; null if nothing is open or planned
 */
record TimeLine(List<Step> steps, List<Double> marks, @Nullable Double now) {

  /** The size of the picture. The titles are on its left, and the distances on its right. */
  static final int WIDTH = 780;

  private static final int LEFT = 230;
  private static final int RIGHT = 630;
  private static final int ROW = 30;

  /**
   * A step.
   *
   * @param state the class of its colour
   * @param to its end; null for a moment, and for a step that is open
   * @param x the left edge of a bar, or the centre of a dot
   * @param width of the bar; 0 for a dot
   * @param y its vertical centre
   * @param after how long after the request it began, such as {@code 320 ms}
   */
  record Step(
      String title,
      String state,
      Instant from,
      @Nullable Instant to,
      boolean isOpen,
      double x,
      double width,
      double y,
      String after) {

    public boolean isBar() {
      return width > 0;
    }

    /** How long it took; null if it is a moment or open. */
    public @Nullable String took() {
      return to == null ? null : text(Duration.between(from, to));
    }
  }

  private record Fact(
      String title, String state, Instant from, @Nullable Instant to, boolean isOpen) {

    static Fact moment(String title, String state, Instant at) {
      return new Fact(title, state, at, null, false);
    }
  }

  public int height() {
    return steps.size() * ROW + 10;
  }

  public int width() {
    return WIDTH;
  }

  static TimeLine of(RotationView rotation, Instant now) {
    List<Fact> facts = facts(rotation);
    boolean showsNow = facts.stream().anyMatch(each -> each.isOpen() || each.from().isAfter(now));
    var times = new TreeSet<Instant>();
    for (Fact fact : facts) {
      times.add(fact.from());
      times.add(fact.to() == null ? fact.from() : fact.to());
    }
    if (showsNow) {
      times.add(now);
    }
    TreeMap<Instant, Double> positions = positions(times);
    var steps = new ArrayList<Step>();
    for (Fact fact : facts) {
      double x = position(positions, fact.from());
      Instant end = fact.isOpen() ? now : fact.to();
      steps.add(
          new Step(
              fact.title(),
              fact.state(),
              fact.from(),
              fact.to(),
              fact.isOpen(),
              x,
              end == null ? 0 : rounded(Math.max(4, position(positions, end) - x)),
              ROW * (steps.size() + 0.5) + 5,
              text(Duration.between(rotation.requestedAt(), fact.from()))));
    }
    return new TimeLine(
        List.copyOf(steps),
        List.copyOf(positions.values()),
        showsNow ? position(positions, now) : null);
  }

  private static List<Fact> facts(RotationView rotation) {
    var facts = new ArrayList<Fact>();
    facts.add(Fact.moment("Requested", "requested", rotation.requestedAt()));
    for (Attempt each : rotation.attempts()) {
      facts.add(
          new Fact(
              "Attempt " + each.number(),
              lower(each.state()),
              each.startedAt(),
              each.closedAt(),
              each.closedAt() == null));
    }
    addDelivery(rotation, facts);
    addMoment("Confirmed", "confirmed", rotation.confirmedAt(), facts);
    addMoment("Reported as unconfirmed", "unconfirmed", rotation.unconfirmedAt(), facts);
    addMoment("Reverted", "reverted", rotation.revertedAt(), facts);
    for (Retirement each : rotation.retirements()) {
      String which = which(rotation, each.credentialId());
      facts.add(Fact.moment(which + " due to be removed", "due", each.dueAt()));
      addMoment(which + " removed", "removed", each.doneAt(), facts);
    }
    return facts;
  }

  private static void addDelivery(RotationView rotation, List<Fact> facts) {
    Delivery delivery = rotation.delivery();
    if (delivery == null) {
      addMoment("Secret returned", "delivered", rotation.deliveredAt(), facts);
      return;
    }
    switch (delivery.state()) {
      case OUTSTANDING ->
          facts.add(
              new Fact(
                  "Delivery",
                  "outstanding",
                  Objects.requireNonNullElse(rotation.closedAt(), rotation.requestedAt()),
                  null,
                  true));
      case RESERVED, DELIVERED, PARKED, SUPERSEDED ->
          addMoment("Delivered", "delivered", delivery.deliveredAt(), facts);
    }
    addMoment("Workloads restarted", "delivered", delivery.restartedAt(), facts);
  }

  private static void addMoment(
      String title, String state, @Nullable Instant at, List<Fact> facts) {
    if (at != null) {
      facts.add(Fact.moment(title, state, at));
    }
  }

  private static String which(RotationView rotation, UUID credential) {
    if (credential.equals(rotation.replaces())) {
      return "Old credential";
    }
    return credential.equals(rotation.credentialId()) ? "New credential" : "Credential";
  }

  private static TreeMap<Instant, Double> positions(TreeSet<Instant> times) {
    var weights = new TreeMap<Instant, Double>();
    double sum = 0;
    Instant before = times.first();
    for (Instant time : times) {
      sum += Math.log10(1.0 + Duration.between(before, time).toMillis());
      weights.put(time, sum);
      before = time;
    }
    double all = Math.max(sum, 1);
    weights.replaceAll((_, weight) -> rounded(LEFT + (RIGHT - LEFT) * weight / all));
    return weights;
  }

  private static double position(TreeMap<Instant, Double> positions, Instant time) {
    return Objects.requireNonNull(positions.get(time));
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Duration distance) {
    if (distance.compareTo(Duration.ofSeconds(1)) < 0) {
      return distance.toMillis() + " ms";
    }
    if (distance.compareTo(Duration.ofMinutes(1)) < 0) {
      return String.format(Locale.ROOT, "%.1f s", distance.toMillis() / 1000.0);
    }
    if (distance.compareTo(Duration.ofHours(2)) < 0) {
      return distance.toMinutes() + " min";
    }
    return distance.compareTo(Duration.ofDays(2)) < 0
        ? distance.toHours() + " h"
        : distance.toDays() + " days";
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
