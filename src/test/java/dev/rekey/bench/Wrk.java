package dev.rekey.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads an HTTP server with {@code wrk}, in one thread outside the JVM. */
final class Wrk {

  private static final Path SCRIPT = Path.of("src/test/bench/wrk/request.lua");
  private static final Pattern RESULT =
      Pattern.compile("ladder (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

  private final String program;
  private final Path tokens;

  /** The file has the callers' tokens as a Lua table. */
  Wrk(String program, Path tokens) {
    this.program = program;
    this.tokens = tokens;
  }

  /** The kinds of requests that the script can send. */
  enum Kind {
    page,
    read,
    create
  }

  /**
   * The requests of one load.
   *
   * @param path in a path of credentials, the script replaces {@code %d} by a number
   */
  record Requests(Kind kind, String path) {}

  /** As many requests as the server can respond to, with that many in flight. */
  Load run(URI server, Requests requests, int inFlight, Duration time) {
    return run(server, requests, inFlight, time, 0);
  }

  /** Requests at a constant rate, whether the server has responded to those before or not. */
  Load atRate(URI server, Requests requests, int perSecond, Duration time) {
    // A response may be late by the time that it takes to use all connections.
    return run(server, requests, Math.max(32, perSecond), time, perSecond);
  }

  private Load run(URI server, Requests requests, int inFlight, Duration time, int perSecond) {
    String output =
        Debian.run(
            List.of(
                program,
                "-t1",
                "-c" + inFlight,
                "-d" + time.toSeconds() + "s",
                "--timeout",
                "30s",
                "-s",
                SCRIPT.toString(),
                server.toString(),
                "--",
                tokens.toString(),
                requests.kind().name(),
                requests.path(),
                Long.toString(System.nanoTime(), 36),
                Integer.toString(perSecond)),
            Map.of());
    Matcher result = RESULT.matcher(output);
    if (!result.find()) {
      throw new IllegalStateException("wrk has no result: " + output);
    }
    return new Load(
        Long.parseLong(result.group(1)),
        Long.parseLong(result.group(2)) / 1e6,
        Long.parseLong(result.group(3)) / 1e3,
        Long.parseLong(result.group(4)) / 1e3,
        Long.parseLong(result.group(5)));
  }
}
