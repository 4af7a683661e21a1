package dev.rekey.load;

import dev.rekey.run.Control;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Injects random faults into the upstreams. */
final class FaultInjector {

  /** How often, in percent, no fault is injected. */
  private static final int NO_FAULT_PERCENT = 55;

  private static final List<Fault> FAULTS = faults();

  private final Control control;
  private final Counts counts;

  private record Fault(String upstream, String operation, String fault, String more) {}

  FaultInjector(Control control, Counts counts) {
    this.control = control;
    this.counts = counts;
  }

  /** Replaces the last fault by a random one, or by none, and waits a few hundred milliseconds. */
  void injectNext() {
    var random = ThreadLocalRandom.current();
    control.clearFaults();
    if (random.nextInt(100) >= NO_FAULT_PERCENT) {
      var next = FAULTS.get(random.nextInt(FAULTS.size()));
      if (next.operation().equals("token")) {
        control.revokeTokens();
      }
      control.fault(next.upstream(), next.operation(), next.fault(), next.more());
      counts.count("faults");
    }
    Pauses.between(Duration.ofMillis(200), Duration.ofMillis(600));
  }

  private static List<Fault> faults() {
    var faults = new ArrayList<Fault>();
    addMinting(faults, "conductorone", "rotate");
    addMinting(faults, "keycard", "create");
    faults.add(new Fault("keycard", "list", "stale", Control.delayMs(3000)));
    faults.add(status("keycard", "list", 500));
    faults.add(status("keycard", "delete", 500));
    faults.add(new Fault("keycard", "delete", "reset-after", Control.times(5)));
    faults.add(status("conductorone", "get", 500));
    faults.add(status("conductorone", "revoke", 503));
    return List.copyOf(faults);
  }

  private static void addMinting(List<Fault> faults, String upstream, String mint) {
    for (int status : new int[] {401, 408, 409, 429, 500, 502, 503, 504}) {
      faults.add(status(upstream, mint, status));
    }
    for (String fault :
        new String[] {
          "hang", "reset-before", "reset-after", "garbage", "no-secret", "redirect", "huge"
        }) {
      faults.add(new Fault(upstream, mint, fault, Control.times(1000)));
    }
    for (int millis : new int[] {100, 1900, 3000}) {
      faults.add(new Fault(upstream, mint, "delay", Control.delayMs(millis)));
    }
    faults.add(new Fault(upstream, mint, "late", Control.delayMs(1200)));
    faults.add(status(upstream, mint, 401, Control.times(1)));
    faults.add(status(upstream, "token", 503));
    faults.add(new Fault(upstream, "token", "hang", Control.times(1000)));
  }

  private static Fault status(String upstream, String operation, int status) {
    return status(upstream, operation, status, Control.times(1000));
  }

  private static Fault status(String upstream, String operation, int status, String more) {
    return new Fault(upstream, operation, "status", Control.status(status) + "," + more);
  }
}
