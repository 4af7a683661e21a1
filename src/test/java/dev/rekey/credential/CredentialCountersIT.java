package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.run.PostgresServer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The counters have the numbers that counting the rows gives, at any time. */
class CredentialCountersIT extends RekeyIT {

  private static final int WRITERS = 4;
  private static final int CHANGES = 150;

  /** Matches every subject, but like a caller with grants, whose credentials are counted. */
  private static final Visibility EVERY =
      new Visibility.Only(
          List.of(
              new SubjectPattern("apps/*/connectors/*"),
              new SubjectPattern("organizations/*/service-accounts/*")));

  @Autowired private CredentialCounters counters;
  @Autowired private BoundedQueries queries;
  @Autowired private JdbcClient jdbc;

  private final Instant now = Instant.now();

  @Test
  void countersAgreeWithTheRowsDuringConcurrentChanges()
      throws SQLException, ExecutionException, InterruptedException {
    var running = new AtomicInteger(WRITERS);
    int compared = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> writers =
          IntStream.range(0, WRITERS)
              .mapToObj(i -> threads.submit((Callable<Integer>) () -> write(i, running)))
              .toList();
      Future<?> compacting =
          threads.submit(
              () -> {
                while (running.get() > 0) {
                  counters.compact();
                }
              });
      while (running.get() > 0) {
        assertCountersAgree();
        compared++;
      }
      for (Future<Integer> writer : writers) {
        assertThat(writer.get()).isGreaterThan(CHANGES / 3);
      }
      compacting.get();
    }
    counters.compact();

    assertCountersAgree();
    assertThat(query("select from credential_tally_change")).isEmpty();
    assertThat(compared).isGreaterThan(10);
  }

  @Test
  void changeWaitsForNoOtherTransaction() throws SQLException {
    try (var one = postgres().connect(PostgresServer.SERVICE);
        var other = postgres().connect(PostgresServer.SERVICE);
        var first = one.createStatement();
        var second = other.createStatement()) {
      one.setAutoCommit(false);
      first.execute(insert(1));
      second.execute("set statement_timeout = '2s'");

      second.execute(insert(2));
      counters.compact();

      assertCountersAgree();
      one.commit();
    }
    assertCountersAgree();
  }

  @AfterEach
  void deleteCredentials() {
    execute("delete from credential where upstream_id like 'tallied-%'");
    assertCountersAgree();
  }

  /** Changes rows at random, and rolls some changes back; returns the number of commits. */
  private int write(int number, AtomicInteger running) throws SQLException {
    var random = new Random(number);
    int committed = 0;
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < CHANGES; i++) {
        for (int j = random.nextInt(3); j >= 0; j--) {
          statement.execute(change(number, random));
        }
        if (random.nextInt(4) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          committed++;
        }
      }
    } finally {
      running.decrementAndGet();
    }
    return committed;
  }

  private static String change(int writer, Random random) {
    String mine = " where upstream_id like 'tallied-" + writer + "-%' and ";
    String some = mine + "abs(hashtext(id::text)) % 7 = " + random.nextInt(7);
    List<String> statuses = List.of("ACTIVE", "RETIRING", "RETIRED", "EXPIRED", "MISSING");
    String status = statuses.get(random.nextInt(statuses.size()));
    int hours = random.nextInt(-100, 900);
    return switch (random.nextInt(6)) {
      case 0 -> "delete from credential" + some;
      case 1 -> "update credential set status = '" + status + "'" + some;
      case 2 -> "update credential set expires_at = now() + interval '" + hours + " hours'" + some;
      case 3 ->
          "update credential set last_used_at = now() - interval '"
              + (hours * 4)
              + " hours', observed_at = now()"
              + some;
      default -> insert(writer);
    };
  }

  private static String insert(int writer) {
    return """
    insert into credential (
      id, upstream, subject, upstream_id, status, origin, policy_expires_at, recorded_at,
      observed_at, version)
    select test_uuidv7(), 'keycard', 'organizations/acme/service-accounts/tallied',
      'tallied-%d-' || gen_random_uuid(), 'ACTIVE', 'MINTED',
      now() + make_interval(hours => 60 * i), now() - make_interval(hours => 200 * i), now(), 0
    from generate_series(0, 13) i
    """
        .formatted(writer);
  }

  private void assertCountersAgree() {
    var both = new ArrayList<CredentialCounts>();
    queries.read(
        "",
        () -> {
          both.add(counts(CredentialCounts.sql(new Visibility.All(), now)));
          both.add(counts(CredentialCounts.sql(EVERY, now)));
          return both;
        });
    assertThat(both.getFirst()).isEqualTo(both.getLast());
  }

  private CredentialCounts counts(SqlPart query) {
    return jdbc.sql(query.sql())
        .params(query.params())
        .query((row, _) -> CredentialCounts.read(row))
        .single();
  }
}
