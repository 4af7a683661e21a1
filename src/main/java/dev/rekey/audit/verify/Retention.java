package dev.rekey.audit.verify;

import dev.rekey.audit.verify.Finding.Missing;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the account of what could not be seen, and of the events that say why. */
final class Retention {

  private final List<Run> runs = new ArrayList<>();
  private final List<Drop> drops = new ArrayList<>();

  /** Events, one after the other, that could not be seen. */
  private static final class Run {

    private final Link first;
    private long last;

    private Run(Link first) {
      this.first = first;
      this.last = first.seq;
    }

    private long events() {
      return last - first.seq + 1;
    }
  }

  void unseen(Link link) {
    if (runs.isEmpty() || runs.getLast().last != link.seq - 1) {
      runs.add(new Run(link));
    }
    runs.getLast().last = link.seq;
  }

  void dropped(Drop drop) {
    drops.add(drop);
  }

  /** How many events could not be seen. */
  long unseen() {
    return runs.stream().mapToLong(Run::events).sum();
  }

  /** What events say that months were dropped. */
  List<Drop> drops() {
    return drops;
  }

  /** Whether there is something that no event accounts for. */
  boolean isOpen() {
    return runs.stream().anyMatch(run -> unaccounted(run) <= run.last);
  }

  /** The first place that no event accounts for; behind the run's last if there is none. */
  private long unaccounted(Run run) {
    long seq = run.first.seq;
    for (long next = covered(seq); next > seq && seq <= run.last; next = covered(seq)) {
      seq = next;
    }
    return seq;
  }

  /** The place up to which events account for what is gone from there. */
  private long covered(long seq) {
    return drops.stream()
        .filter(drop -> drop.covers(seq))
        .mapToLong(drop -> drop.lastSeq() + 1)
        .max()
        .orElse(seq);
  }

  /** The first event that is gone and not accounted for; null if there is none. */
  @Nullable Finding settle(Absence absence) throws SQLException, IOException {
    long said = drops.stream().mapToLong(Drop::events).sum();
    for (Run run : runs) {
      long seq = unaccounted(run);
      if (seq <= run.last || unseen() > said) {
        Finding pretended = absence.pretended(run.first.seq, run.last);
        if (pretended != null) {
          return pretended;
        }
      }
      if (seq <= run.last) {
        return new Missing(
            seq,
            seq == run.first.seq ? run.first.id : null,
            ("The events of seq %d to %d are gone, and no event in the chain says that"
                    + " their month was dropped.")
                .formatted(seq, run.last));
      }
    }
    return unseen() <= said
        ? null
        : new Missing(
            runs.getFirst().first.seq,
            runs.getFirst().first.id,
            ("%d events are gone, from this one on, but those that say that months were"
                    + " dropped account for %d.")
                .formatted(unseen(), said));
  }
}
