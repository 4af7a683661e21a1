package dev.rekey.bench;

import dev.rekey.bench.Wrk.Kind;
import dev.rekey.bench.Wrk.Requests;
import dev.rekey.run.Http;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A page, from its query alone to Rekey. All do the same work in the database. */
final class PageLadder {

  private static final int IN_FLIGHT = 8;

  /** Profiles of the program without Rekey's features; each does what those before it do, too. */
  private static final List<String> PROFILES = List.of("jwt", "grants", "observations");

  private static final Map<String, String> PATHS =
      Map.of(
          "audit", "/api/v1/audit-events",
          "inventory", "/api/v1/credentials",
          "summary", "/api/v1/summary");

  private final LadderStage stage;
  private final LadderSettings settings;
  private final Memory memory;

  PageLadder(LadderStage stage, LadderSettings settings, Memory memory) {
    this.stage = stage;
    this.settings = settings;
    this.memory = memory;
  }

  /** Measures the page "audit", "inventory" or "summary". */
  String measure(String page) {
    var ladder = new Ladder(page + " page, " + IN_FLIGHT + " in flight");
    Debian.find("pgbench").ifPresent(program -> ladder.add(query(program, page)));
    Path jar = Peer.build("page", "page");
    var peers = new ArrayList<Peer>();
    try (RekeyProcess rekey = stage.startRekey()) {
      Peer bare = start(jar, "none");
      peers.add(bare);
      ladder.add(rung("json_agg, passed through", bare.url(), bare.pid(), "/text/" + page));
      ladder.add(rung("Spring MVC, JdbcClient", bare.url(), bare.pid(), path(page)));
      for (String profile : PROFILES) {
        Peer peer = start(jar, profile);
        peers.add(peer);
        ladder.add(rung("… + " + profile, peer.url(), peer.pid(), path(page)));
      }
      ladder.add(rung("Rekey", LadderStage.url(rekey), rekey.pid(), path(page)));
      LadderTable table = ladder.measure(stage.meters(), settings);
      memory.add("Rekey", page + " page", rekey.pid());
      memory.add("Spring MVC + " + PROFILES.getLast(), page + " page", peers.getLast().pid());
      return table + sizes(page, bare.url(), LadderStage.url(rekey));
    } finally {
      peers.forEach(Peer::close);
    }
  }

  private String sizes(String page, URI bare, URI rekey) {
    return "\nThe JSON has %,d bytes, Rekey's %,d.%n"
        .formatted(bytes(bare, page), bytes(rekey, page));
  }

  private int bytes(URI server, String page) {
    return Http.at(server).bearer(stage.callers().token()).get(path(page)).raw().body().length();
  }

  private Rung query(String program, String page) {
    try {
      Path file = stage.temporary().resolve(page + ".sql");
      Files.writeString(file, Files.readString(sql(page)).strip() + ";\n");
      var pgbench = new Pgbench(program, stage.postgres());
      var script = new Pgbench.Script(file, Map.of());
      return new Rung("pgbench, prepared", time -> pgbench.run(script, IN_FLIGHT, time), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path of a page. */
  static String path(String page) {
    return Objects.requireNonNull(PATHS.get(page));
  }

  private static Path sql(String page) {
    return Path.of("src/test/bench/sql", page + ".sql");
  }

  private Peer start(Path jar, String profile) {
    var all = new HashMap<>(stage.peerSettings());
    all.put("spring.profiles.active", profile);
    Path output = LadderStage.DIRECTORY.resolve("page-" + profile + ".log");
    return Peer.start(jar, stage.peerOptions(), all, output);
  }

  private Rung rung(String name, URI server, long java, String path) {
    var requests = new Requests(Kind.page, path);
    return new Rung(name, time -> stage.wrk().run(server, requests, IN_FLIGHT, time), java);
  }
}
