package dev.rekey.load;

import dev.rekey.run.Http;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** Several Rekey processes with the same database and upstreams. */
final class Replicas implements AutoCloseable {

  /** Generous, because all replicas share this machine's cores. */
  private static final Duration READY_WITHIN = Duration.ofMinutes(5);

  private final Map<String, String> properties;
  private final String token;
  private final Path logs = logs();
  private final List<RekeyProcess> running = new CopyOnWriteArrayList<>();

  private Replicas(Map<String, String> properties, String token) {
    this.properties = properties;
    this.token = token;
  }

  // Next to the jar, so that they are kept when a test has failed.
  private static Path logs() {
    try {
      return Files.createDirectories(
          Path.of(System.getProperty("rekey.jar")).resolveSibling("chaos"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the replicas. Returns when all are ready. */
  static Replicas start(int count, Surroundings surroundings, Map<String, String> properties) {
    var replicas = new Replicas(properties, Tokens.of(surroundings.sandbox(), "admin"));
    try {
      for (int i = 0; i < count; i++) {
        replicas.running.add(replicas.startOne(i));
      }
    } catch (RuntimeException e) {
      replicas.close();
      throw e;
    }
    return replicas;
  }

  private RekeyProcess startOne(int index) {
    return RekeyProcess.start(properties, logs.resolve("replica-" + index + ".log"), READY_WITHIN);
  }

  /** A random replica, which may not be running, with an admin's token. */
  Http any() {
    return running.get(ThreadLocalRandom.current().nextInt(running.size())).http().bearer(token);
  }

  /** Kills a replica and restarts it. Returns when it is ready. */
  void killAndRestart(int index) {
    running.get(index).kill();
    running.set(index, startOne(index));
  }

  int count() {
    return running.size();
  }

  @Override
  public void close() {
    new ArrayList<>(running).forEach(RekeyProcess::close);
  }
}
