package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.verify.Finding.Missing;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the account of what could not be seen, and of the events that say why. What they say counts
 * for whole months only, of which no event is left, and each once.
 */
final class Retention {

  /** How much later than it happened something may have been written, as after an outage. */
  private static final long SLACK = Duration.ofDays(31).dividedBy(ChronoUnit.MICROS.getDuration());

  private final long after;
  private final List<Run> runs = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final Set<YearMonth> seen = new HashSet<>();
  private long monthStart;
  private long monthEnd;
  private long previous = Long.MIN_VALUE;
  private boolean isLate;
  private long signed = -1;

  /** Begins behind a place. */
  Retention(long after) {
    this.after = after;
  }

  /** Events of a month, one after the other, that could not be seen. */
  private static final class Run {

    private final Link first;
    private final @Nullable YearMonth month;
    private final long before;
    private long last;
    private long next = Long.MAX_VALUE;

    /**
     * @param before when what stands before it was written, as far as that is known
     */
    private Run(Link first, long before) {
      this.first = first;
      this.month = first.month();
      this.before = before;
      this.last = first.seq;
    }

    private long events() {
      return last - first.seq + 1;
    }

    private boolean goesOnWith(Link link) {
      return last == link.seq - 1 && Objects.equals(month, link.month());
    }

    /** Whether they can have been of that month, by their seals and by what stands around them. */
    private boolean canBeOf(YearMonth other) {
      return (month == null || month.equals(other))
          && before <= Drop.end(other) + SLACK
          && Drop.end(other.minusMonths(1)) - SLACK <= next;
    }
  }

  /** What an event says, and what tells whether it can be so. */
  private static final class Said {

    private final Drop drop;
    private final boolean isLate;
    private @Nullable Instant signedAt;

    private Said(Drop drop, boolean isLate) {
      this.drop = drop;
      this.isLate = isLate;
    }

    /** Its own time does not count where it says that it is newer than its checkpoint. */
    private boolean isOldEnough() {
      long known = CanonicalBytes.micros(signedAt == null ? Instant.now() : signedAt);
      return drop.isOldEnough(Math.min(known, drop.by().occurredAt));
    }
  }

  /** Notes that the chain goes on with an event that is there. */
  void seen(Link link) {
    if (!isLate && (link.occurredAt < monthStart || link.occurredAt >= monthEnd)) {
      YearMonth month = Drop.month(link.occurredAt);
      monthStart = Drop.end(month.minusMonths(1));
      monthEnd = Drop.end(month);
      seen.add(month);
    }
    passed(link, link.writtenAt());
  }

  /** Notes that the chain goes on with an event that is not there. */
  void unseen(Link link) {
    long before = previous;
    passed(link, link.isDated() ? link.occurredAt : Long.MIN_VALUE);
    if (runs.isEmpty() || !runs.getLast().goesOnWith(link)) {
      runs.add(new Run(link, before));
    }
    runs.getLast().last = link.seq;
  }

  private void passed(Link link, long time) {
    if (!runs.isEmpty() && runs.getLast().last == link.seq - 1) {
      runs.getLast().next = time;
    }
    previous = time;
  }

  void dropped(Drop drop) {
    said.add(new Said(drop, isLate));
  }

  /** Notes that all so far was signed by then. */
  void signed(Voucher voucher) {
    if (voucher.seq() <= signed) {
      return;
    }
    signed = voucher.seq();
    for (Said one : said) {
      if (one.signedAt == null && one.drop.by().seq <= voucher.seq()) {
        one.signedAt = voucher.since();
      }
    }
  }

  /** Says that what is told of from here on may have been dropped while it was looked at. */
  void goesOn() {
    isLate = true;
  }

  /** How many events could not be seen. */
  long unseen() {
    return runs.stream().mapToLong(Run::events).sum();
  }

  /** What events say that months were dropped. */
  List<Drop> drops() {
    return said.stream().map(one -> one.drop).toList();
  }

  /** Whether there is something that no event accounts for. */
  boolean isOpen() {
    List<Said> credible = credible();
    return runs.stream().anyMatch(run -> unaccounted(run, credible) <= run.last);
  }

  private List<Said> credible() {
    var credible = new ArrayList<Said>();
    var months = new HashSet<YearMonth>();
    for (Said one : said) {
      if (one.isOldEnough()
          && (one.isLate || !seen.contains(one.drop.month()))
          && months.add(one.drop.month())) {
        credible.add(one);
      }
    }
    return credible;
  }

  /** The first place that no event accounts for; behind the run's last if there is none. */
  private static long unaccounted(Run run, List<Said> credible) {
    long seq = run.first.seq;
    for (long next = covered(run, seq, credible);
        next > seq && seq <= run.last;
        next = covered(run, seq, credible)) {
      seq = next;
    }
    return seq;
  }

  /** The place up to which events account for what is gone from there. */
  private static long covered(Run run, long seq, List<Said> credible) {
    return credible.stream()
        .map(one -> one.drop)
        .filter(drop -> drop.covers(seq) && run.canBeOf(drop.month()))
        .mapToLong(drop -> drop.lastSeq() + 1)
        .max()
        .orElse(seq);
  }

  /** The first event that is gone and not accounted for; null if there is none. */
  @Nullable Finding settle(Absence absence) throws SQLException, IOException {
    List<Said> credible = credible();
    for (Run run : runs) {
      long seq = unaccounted(run, credible);
      if (seq <= run.last) {
        Finding pretended = absence.pretended(run.first.seq, run.last);
        return pretended != null
            ? pretended
            : new Missing(
                seq,
                seq == run.first.seq ? run.first.id : null,
                ("The events of seq %d to %d are gone, and no event in the chain that can be"
                        + " right says that their month was dropped.")
                    .formatted(seq, run.last));
      }
    }
    return miscounted(absence, credible);
  }

  /** An export does not tell of which months they were: all are counted together, then. */
  private @Nullable Finding miscounted(Absence absence, List<Said> credible)
      throws SQLException, IOException {
    Finding finding =
        miscounted(absence, runs.stream().filter(run -> run.month == null).toList(), credible);
    for (int i = 0; finding == null && i < credible.size(); i++) {
      Said one = credible.get(i);
      finding =
          miscounted(
              absence,
              runs.stream().filter(run -> one.drop.month().equals(run.month)).toList(),
              List.of(one));
    }
    return finding;
  }

  private @Nullable Finding miscounted(Absence absence, List<Run> gone, List<Said> credible)
      throws SQLException, IOException {
    long events = gone.stream().mapToLong(Run::events).sum();
    Predicate<Said> isOfThem =
        one -> gone.stream().anyMatch(run -> one.drop.overlaps(run.first.seq, run.last));
    long most = sum(credible, isOfThem);
    long least = sum(credible, isOfThem.and(one -> !one.isLate && one.drop.firstSeq() > after));
    if (events >= least && events <= most) {
      return null;
    }
    Link first = gone.getFirst().first;
    Finding pretended = absence.pretended(first.seq, gone.getLast().last);
    return pretended != null
        ? pretended
        : new Missing(
            first.seq,
            first.id,
            ("%d events are gone, from this one on, but those that say that months were"
                    + " dropped account for %d.")
                .formatted(events, most));
  }

  private static long sum(List<Said> some, Predicate<Said> which) {
    return some.stream().filter(which).mapToLong(one -> one.drop.events()).sum();
  }
}
