package dev.rekey.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Describes where and how the ladders were measured. */
final class LadderMachine {

  private final LadderStage stage;

  LadderMachine(LadderStage stage) {
    this.stage = stage;
  }

  String describe(LadderSettings settings, long events, long credentials) {
    return String.format(
        Locale.ROOT,
        """
        # Ladders

        - %d cores (%s), %d GiB, Linux %s; PostgreSQL %s with fsync on, and all else on the same cores
        - Java %s, `jvm.options` of the image and `MaxRAM=768m` for Rekey and each Java peer
        - %,d events, %,d credentials; `wrk` in one thread; each nginx with one worker
        - each rung warmed until two windows of %d s differ by less than 5 %%, for at most %d s; then %d \
        rounds of %d s, all rungs in turn
        - CPU columns: milliseconds of CPU time for a request, by process, background work included
        %s\
        """,
        Runtime.getRuntime().availableProcessors(),
        value(Path.of("/proc/cpuinfo"), "model name"),
        Math.round(
            Long.parseLong(value(Path.of("/proc/meminfo"), "MemTotal").split(" ", 2)[0])
                / 1048576.0),
        System.getProperty("os.version"),
        stage.text("show server_version"),
        System.getProperty("java.runtime.version"),
        events,
        credentials,
        settings.window().toSeconds(),
        settings.warmAtMost().toSeconds(),
        settings.rounds(),
        settings.window().toSeconds(),
        Debian.find("pgbench").isPresent()
            ? ""
            : "- `pgbench` is missing (postgresql-contrib), so its rungs are left out\n");
  }

  private static String value(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("?");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
