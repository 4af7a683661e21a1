package dev.rekey.bench;

import dev.rekey.bench.Ladder.Measured;
import dev.rekey.bench.Wrk.Kind;
import dev.rekey.bench.Wrk.Requests;
import dev.rekey.run.RekeyProcess;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Each route in the first seconds after a start, beside its steady rate in the same process. */
final class StartLadder {

  private static final Duration FIRST = Duration.ofSeconds(15);

  private final LadderStage stage;
  private final LadderSettings settings;

  StartLadder(LadderStage stage, LadderSettings settings) {
    this.stage = stage;
    this.settings = settings;
  }

  private record Route(String name, Requests requests, int inFlight) {}

  private static final List<Route> ROUTES =
      List.of(
          new Route("rotation", new Requests(Kind.create, RotationLadders.PATH), 16),
          new Route("proxied read", new Requests(Kind.read, ReadLadder.PATH), 16),
          page("audit"),
          page("inventory"),
          page("summary"));

  private static Route page(String page) {
    return new Route(page + " page", new Requests(Kind.page, PageLadder.path(page)), 8);
  }

  /** Starts Rekey once for each route and round. Returns a table in Markdown. */
  String measure() {
    var table =
        new StringBuilder(
            """

            ### First %d s after a start

            | | in flight | rate per second in the first %d s: median (all rounds) | p50 / p99 in ms \
            | then, steady | first / steady |
            | --- | ---: | ---: | ---: | ---: | ---: |
            """
                .formatted(FIRST.toSeconds(), FIRST.toSeconds()));
    ROUTES.forEach(route -> table.append(row(route)));
    return table.toString();
  }

  private String row(Route route) {
    var first = new Load[settings.rounds()];
    var steady = new double[settings.rounds()];
    var ratio = new double[settings.rounds()];
    boolean isSteady = true;
    for (int round = 0; round < settings.rounds(); round++) {
      try (RekeyProcess rekey = stage.startRekey()) {
        URI server = LadderStage.url(rekey);
        var rung =
            new Rung(
                route.name(),
                time -> stage.wrk().run(server, route.requests(), route.inFlight(), time),
                rekey.pid());
        first[round] = rung.run(FIRST);
        Measured then =
            new Ladder("first seconds, round " + (round + 1))
                .add(rung)
                .measure(stage.meters(), settings.withRounds(1))
                .rekey();
        steady[round] = then.perSecond();
        isSteady &= then.steady();
        ratio[round] = first[round].perSecond() / steady[round];
      }
    }
    double[] rates = sorted(Arrays.stream(first).mapToDouble(Load::perSecond).toArray());
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,.0f (%,.0f to %,.0f) | %.1f / %.1f | %,.0f%s | %.2f x |%n",
        route.name(),
        route.inFlight(),
        median(rates),
        rates[0],
        rates[rates.length - 1],
        median(sorted(Arrays.stream(first).mapToDouble(Load::p50).toArray())),
        median(sorted(Arrays.stream(first).mapToDouble(Load::p99).toArray())),
        median(sorted(steady)),
        isSteady ? "" : ", not steady",
        median(sorted(ratio)));
  }

  private static double[] sorted(double[] values) {
    return Arrays.stream(values).sorted().toArray();
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }
}
