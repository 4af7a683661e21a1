package dev.rekey.bench;

import dev.rekey.bench.Pgbench.Script;
import dev.rekey.bench.Wrk.Kind;
import dev.rekey.bench.Wrk.Requests;
import dev.rekey.run.RekeyProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whole rotations, from their statements alone to Rekey, and beside the upstream itself. */
final class RotationLadders {

  static final String PATH = "/organizations/acme/service-accounts/sa-%d/credentials";

  private static final String SLOW = "/organizations/acme/service-accounts/slow-%d/credentials";
  private static final String UPSTREAM = "/keycard";
  private static final Path FEWEST = Path.of("src/test/bench/sql/rotation.sql");

  private static final List<Integer> IN_FLIGHT = List.of(16, 1);
  private static final List<Integer> IN_FLIGHT_SLOW = List.of(8, 16, 64);
  private static final List<Integer> PER_SECOND = List.of(20, 100);

  private final LadderStage stage;
  private final LadderSettings settings;
  private final Memory memory;
  private final StringBuilder tables = new StringBuilder();

  RotationLadders(LadderStage stage, LadderSettings settings, Memory memory) {
    this.stage = stage;
    this.settings = settings;
    this.memory = memory;
  }

  /** Returns all tables. */
  String measure() {
    try (RekeyProcess rekey = stage.startRekey()) {
      statements(rekey);
      if (Nginx.canDelay()) {
        IN_FLIGHT_SLOW.forEach(inFlight -> latency(rekey, inFlight));
      } else {
        tables.append("\nThe upstream cannot be slow: libnginx-mod-http-echo is missing.\n");
      }
      PER_SECOND.forEach(rate -> constantRate(rekey, rate));
      memory.add("Rekey", "rotations", rekey.pid());
    }
    return tables.toString();
  }

  private void statements(RekeyProcess rekey) {
    var program = Debian.find("pgbench");
    var captured = new CapturedStatements(stage);
    Script exact = captured.ofRotation(LadderStage.url(rekey));
    for (int inFlight : IN_FLIGHT) {
      var ladder = new Ladder("rotation, " + inFlight + " in flight");
      program.ifPresent(
          path -> {
            var pgbench = new Pgbench(path, stage.postgres());
            add(ladder, pgbench, "pgbench, Rekey's statements", exact, inFlight);
            add(
                ladder,
                pgbench,
                "pgbench, fewest statements",
                new Script(FEWEST, Map.of()),
                inFlight);
          });
      ladder.add(rekey(rekey, PATH, inFlight));
      tables.append(ladder.measure(stage.meters(), settings));
    }
    tables.append(captured.description());
  }

  private void add(Ladder ladder, Pgbench pgbench, String name, Script script, int inFlight) {
    try {
      pgbench.check(script);
      ladder.add(new Rung(name, time -> pgbench.run(script, inFlight, time), null));
    } catch (IllegalStateException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
      String leftOut = "\n%s, left out: %s%n".formatted(name, why);
      System.out.print(leftOut);
      tables.append(leftOut);
    }
  }

  private void latency(RekeyProcess rekey, int inFlight) {
    var direct = new Requests(Kind.create, UPSTREAM + SLOW);
    URI upstream = stage.upstream().url();
    tables.append(
        new Ladder(
                "rotation, upstream with %d ms, %d in flight"
                    .formatted(Nginx.LATENCY.toMillis(), inFlight))
            .add(
                new Rung(
                    "upstream itself",
                    time -> stage.wrk().run(upstream, direct, inFlight, time),
                    null))
            .add(rekey(rekey, SLOW, inFlight))
            .measure(stage.meters(), settings));
  }

  private Rung rekey(RekeyProcess rekey, String path, int inFlight) {
    var requests = new Requests(Kind.create, path);
    URI server = LadderStage.url(rekey);
    return new Rung(
        "Rekey", time -> stage.wrk().run(server, requests, inFlight, time), rekey.pid());
  }

  private void constantRate(RekeyProcess rekey, int perSecond) {
    var direct = new Requests(Kind.create, UPSTREAM + PATH);
    var requests = new Requests(Kind.create, PATH);
    URI upstream = stage.upstream().url();
    URI server = LadderStage.url(rekey);
    tables.append(
        new Ladder("rotation, at a constant " + perSecond + "/s")
            .add(
                new Rung(
                    "upstream itself",
                    time -> stage.wrk().atRate(upstream, direct, perSecond, time),
                    null))
            .add(
                new Rung(
                    "Rekey",
                    time -> stage.wrk().atRate(server, requests, perSecond, time),
                    rekey.pid()))
            .measure(stage.meters(), settings));
  }
}
