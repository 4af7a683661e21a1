package dev.rekey.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sealing replica is killed or paused while others append. */
@Tag("chaos")
class SealerFailoverIT {

  private static final Duration TAKEOVER = Duration.ofSeconds(10);
  private static final int WRITERS = 4;

  private static final String APPEND =
      """
      insert into audit_event (id, type, occurred_at, actor_id, actor_kind)
      select test_uuidv7(), 'access.denied', clock_timestamp(), 'failover', 'caller'
      from generate_series(1, 50)
      """;

  @TempDir private Path directory;

  private final Surroundings surroundings = Surroundings.start();
  private final Map<String, Replica> replicas = new ConcurrentHashMap<>();
  private volatile boolean writing = true;

  @AfterEach
  void end() {
    replicas.values().forEach(Replica::kill);
    surroundings.close();
  }

  @Test
  void anotherReplicaContinuesWithinTenSecondsWithoutAGapOrAFork() throws Exception {
    IntStream.range(0, 3).parallel().forEach(i -> start("replica-" + i));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers =
          IntStream.range(0, WRITERS).mapToObj(_ -> threads.submit(this::append)).toList();

      sealer().kill();
      assertSealingContinues();
      sealer().pause();
      assertSealingContinues();

      writing = false;
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    await().atMost(TAKEOVER).until(() -> count("select count(*) from audit_event") == sealed());
    assertThat(sealed()).isEqualTo(count("select max(seq) from audit_seal"));
    assertThat(count("select count(distinct event_id) from audit_seal")).isEqualTo(sealed());
    assertThat(
            count(
                """
                select count(*) from (
                  select chain_hash, row_hash,
                    lag(chain_hash, 1, decode(repeat('00', 32), 'hex')) over (order by seq) as before
                  from audit_seal) s
                where chain_hash <> sha256(row_hash || before)
                """))
        .isZero();
  }

  private void start(String name) {
    Path own = directory.resolve(name);
    own.toFile().mkdir();
    String url = surroundings.properties().get("spring.datasource.url");
    replicas.put(
        name,
        Replica.start(
            surroundings, Map.of("spring.datasource.url", url + "?ApplicationName=" + name), own));
  }

  /** The replica that is sealing now. */
  private Replica sealer() throws SQLException {
    try (Connection connection = surroundings.postgres().connectAsSuperuser();
        var holder =
            connection.prepareStatement(
                """
                select a.application_name from pg_locks l join pg_stat_activity a using (pid)
                where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                  and a.application_name like 'replica-%'
                """)) {
      return Awaitility.await()
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                try (var row = holder.executeQuery()) {
                  return row.next() ? replicas.get(row.getString(1)) : null;
                }
              },
              found -> found != null);
    }
  }

  private void assertSealingContinues() {
    long before = sealed();
    await().atMost(TAKEOVER).until(() -> sealed() > before + 1_000);
  }

  private void append() {
    try (Connection connection = surroundings.postgres().connect(PostgresServer.SERVICE);
        var insert = connection.createStatement()) {
      while (writing) {
        insert.execute(APPEND);
        Thread.sleep(50);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long sealed() {
    return count("select count(*) from audit_seal");
  }

  private long count(String sql) {
    try (Connection connection = surroundings.postgres().connectAsSuperuser();
        var row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
