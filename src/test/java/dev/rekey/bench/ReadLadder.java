package dev.rekey.bench;

import dev.rekey.bench.Wrk.Kind;
import dev.rekey.bench.Wrk.Requests;
import dev.rekey.run.RekeyProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A credential that is read at its upstream, from the upstream alone to Rekey. */
final class ReadLadder {

  static final String PATH = "/organizations/acme/service-accounts/reader-%d/credentials/read-%d";

  private static final int IN_FLIGHT = 16;

  private final LadderStage stage;
  private final LadderSettings settings;
  private final Memory memory;

  ReadLadder(LadderStage stage, LadderSettings settings, Memory memory) {
    this.stage = stage;
    this.settings = settings;
    this.memory = memory;
  }

  String measure() {
    var ladder =
        new Ladder("proxied read, " + IN_FLIGHT + " in flight")
            .add(rung("upstream itself", stage.upstream().url(), null, "/keycard" + PATH))
            .add(rung("nginx", stage.proxy().url(), null, PATH));
    var gateways = new LinkedHashMap<String, Peer>();
    var missing = new StringBuilder();
    try (RekeyProcess rekey = stage.startRekey()) {
      for (String kind : List.of("webflux", "webmvc")) {
        try {
          gateways.put("Spring Cloud Gateway, " + kind, gateway(kind));
        } catch (IllegalStateException e) {
          missing.append("\nSpring Cloud Gateway, %s, left out: %s%n".formatted(kind, e));
        }
      }
      gateways.forEach((name, peer) -> ladder.add(rung(name, peer.url(), peer.pid(), PATH)));
      ladder.add(rung("Rekey", LadderStage.url(rekey), rekey.pid(), PATH));
      LadderTable table = ladder.measure(stage.meters(), settings);
      memory.add("Rekey", "proxied read", rekey.pid());
      gateways.forEach((name, peer) -> memory.add(name, "proxied read", peer.pid()));
      return table + missing.toString();
    } finally {
      gateways.values().forEach(Peer::close);
    }
  }

  private Peer gateway(String kind) {
    Path jar = Peer.build("gateway", "gateway-" + kind, "-Dgateway=" + kind);
    Path output = LadderStage.DIRECTORY.resolve("gateway-" + kind + ".log");
    return Peer.start(jar, stage.peerOptions(), stage.peerSettings(), output);
  }

  private Rung rung(String name, URI server, @Nullable Long java, String path) {
    var requests = new Requests(Kind.read, path);
    return new Rung(name, time -> stage.wrk().run(server, requests, IN_FLIGHT, time), java);
  }
}
