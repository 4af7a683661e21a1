package dev.rekey.load;

import dev.rekey.run.Control;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Injects random faults into the upstreams. */
final class Storm {

  /** The percentage of rounds without a fault. */
  private static final int CALM = 55;

  private static final List<Gust> GUSTS = gusts();

  private final Control control;
  private final Tally tally;

  private record Gust(String upstream, String operation, String fault, String more) {}

  Storm(Control control, Tally tally) {
    this.control = control;
    this.tally = tally;
  }

  /** Makes the upstreams behave, or fail in one way, for a few hundred milliseconds. */
  void blow() {
    var random = ThreadLocalRandom.current();
    control.clearFaults();
    if (random.nextInt(100) >= CALM) {
      var gust = GUSTS.get(random.nextInt(GUSTS.size()));
      if (gust.operation().equals("token")) {
        control.revokeTokens();
      }
      control.fault(gust.upstream(), gust.operation(), gust.fault(), gust.more());
      tally.count("gusts");
    }
    Pauses.between(Duration.ofMillis(200), Duration.ofMillis(600));
  }

  private static List<Gust> gusts() {
    var gusts = new ArrayList<Gust>();
    addMinting(gusts, "conductorone", "rotate");
    addMinting(gusts, "keycard", "create");
    gusts.add(new Gust("keycard", "list", "stale", "\"delayMs\":3000"));
    gusts.add(status("keycard", "list", 500));
    gusts.add(status("keycard", "delete", 500));
    gusts.add(new Gust("keycard", "delete", "reset-after", "\"times\":5"));
    gusts.add(status("conductorone", "get", 500));
    gusts.add(status("conductorone", "revoke", 503));
    return List.copyOf(gusts);
  }

  private static void addMinting(List<Gust> gusts, String upstream, String mint) {
    for (int status : new int[] {401, 408, 409, 429, 500, 502, 503, 504}) {
      gusts.add(status(upstream, mint, status));
    }
    for (String fault :
        new String[] {
          "hang", "reset-before", "reset-after", "garbage", "no-secret", "redirect", "huge"
        }) {
      gusts.add(new Gust(upstream, mint, fault, "\"times\":1000"));
    }
    for (int millis : new int[] {100, 1900, 3000}) {
      gusts.add(new Gust(upstream, mint, "delay", "\"delayMs\":" + millis));
    }
    gusts.add(new Gust(upstream, mint, "late", "\"delayMs\":1200"));
    gusts.add(status(upstream, mint, 401, "\"times\":1"));
    gusts.add(status(upstream, "token", 503));
    gusts.add(new Gust(upstream, "token", "hang", "\"times\":1000"));
  }

  private static Gust status(String upstream, String operation, int status) {
    return status(upstream, operation, status, "\"times\":1000");
  }

  private static Gust status(String upstream, String operation, int status, String more) {
    return new Gust(upstream, operation, "status", "\"status\":" + status + "," + more);
  }
}
