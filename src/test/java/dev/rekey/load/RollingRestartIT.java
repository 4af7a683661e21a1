package dev.rekey.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three replicas are replaced one after the other, as a Deployment does with the chart's strategy,
 * while clients with keep-alive connections rotate and read.
 */
@Tag("chaos")
class RollingRestartIT {

  private static final int REPLICAS = 3;
  private static final int CLIENTS = 8;
  private static final Duration PRE_STOP = Duration.ofSeconds(3);

  @TempDir private Path directory;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void noRequestFailsWhileAllReplicasAreReplaced() throws Exception {
    try (var surroundings = Surroundings.start();
        var balancer = new Balancer()) {
      new Control(surroundings.sandbox()).seed(Target.seed(CLIENTS));
      var replicas = new ArrayList<RekeyProcess>();
      try {
        for (int i = 0; i < REPLICAS; i++) {
          replicas.add(start(surroundings, "first-" + i));
          balancer.add(replicas.get(i));
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> balancer.has(REPLICAS));

        var failures = new ConcurrentLinkedQueue<String>();
        var answers = new AtomicInteger();
        var over = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
            AutoCloseable _ = () -> over.set(true)) {
          for (Target target : Target.some(CLIENTS / 2)) {
            threads.execute(
                () -> rotateAndRead(balancer, surroundings, target, over, answers, failures));
          }
          for (int i = 0; i < REPLICAS; i++) {
            replicas.set(i, replace(replicas.get(i), balancer, surroundings, i));
          }
        }

        System.out.println(answers + " answers, of which none failed: " + failures.isEmpty());
        assertThat(failures).isEmpty();
        assertThat(answers).hasValueGreaterThan(200);
      } finally {
        replicas.forEach(RekeyProcess::close);
      }
    }
  }

  /** Starts another replica, then stops the old one after its preStop sleep. */
  private RekeyProcess replace(
      RekeyProcess old, Balancer balancer, Surroundings surroundings, int index) {
    RekeyProcess other = start(surroundings, "second-" + index);
    balancer.add(other);
    await().atMost(Duration.ofMinutes(1)).until(() -> balancer.has(REPLICAS + 1));
    balancer.remove(old);
    Pauses.between(PRE_STOP, PRE_STOP);
    old.terminate();
    await().atMost(Duration.ofMinutes(1)).until(() -> !old.isAlive());
    return other;
  }

  private RekeyProcess start(Surroundings surroundings, String name) {
    var properties = new HashMap<>(surroundings.properties());
    properties.put("rekey.shutdown.drain-for", "5s");
    properties.put("java.tool.options", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m");
    return RekeyProcess.start(properties, directory.resolve(name + ".log"), Duration.ofMinutes(5));
  }

  private static void rotateAndRead(
      Balancer balancer,
      Surroundings surroundings,
      Target target,
      AtomicBoolean over,
      AtomicInteger answers,
      Queue<String> failures) {
    Http rekey = Http.at(balancer.url()).bearer(Tokens.of(surroundings.sandbox(), "admin"));
    while (!over.get()) {
      record(() -> rekey.post(target.path(), target.body()), answers, failures);
      record(() -> rekey.get("/api/v1/rotations?limit=5"), answers, failures);
      Pauses.between(Duration.ofMillis(100), Duration.ofMillis(500));
    }
  }

  private static void record(
      Supplier<Answer> request, AtomicInteger answers, Queue<String> failures) {
    answers.incrementAndGet();
    try {
      Answer answer = request.get();
      if (answer.status() >= 300) {
        failures.add(answer.status() + " " + answer.raw().body());
      }
    } catch (UncheckedIOException e) {
      failures.add(String.valueOf(e.getCause()));
    }
  }
}
