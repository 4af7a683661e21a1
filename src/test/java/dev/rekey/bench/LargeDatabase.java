package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * A database with a long history and a large inventory.
 *
 * @param end the time of the last event
 */
record LargeDatabase(LadderStage stage, long events, long credentials, Instant end) {

  /** Reads the sizes from {@code REKEY_BENCH_EVENTS} and {@code REKEY_BENCH_CREDENTIALS}. */
  static LargeDatabase of(LadderStage stage, Map<String, String> environment, Instant end) {
    return new LargeDatabase(
        stage,
        Long.parseLong(environment.getOrDefault("REKEY_BENCH_EVENTS", "10000000")),
        Long.parseLong(environment.getOrDefault("REKEY_BENCH_CREDENTIALS", "1000000")),
        end);
  }

  /** Fills the database of a running Rekey, whose sealer seals the events. */
  void fill(RekeyProcess rekey, String moreRows) {
    PostgresServer postgres = stage.postgres();
    postgres.execute("alter system set max_wal_size = '8GB'");
    postgres.execute("alter system set maintenance_work_mem = '512MB'");
    postgres.execute("select pg_reload_conf()");
    postgres.execute("select audit_ensure_partitions(4, 3)");
    var indexes = new SecondaryIndexes(postgres);
    indexes.drop();
    print("events", () -> new Fill(postgres).run(events, end));
    print("indexes", indexes::create);
    print("credentials", () -> new FillInventory(postgres, end).run(credentials));
    print("other rows", () -> postgres.execute(moreRows));
    print("seals", () -> stage.awaitSealed(rekey, events, Duration.ofHours(1)));
    print("vacuum", () -> postgres.execute("vacuum (analyze)"));
    postgres.execute("checkpoint");
  }

  private static void print(String what, Runnable work) {
    System.out.printf(Locale.ROOT, "%-12s %.1f s%n", what, Service.seconds(work));
  }
}
