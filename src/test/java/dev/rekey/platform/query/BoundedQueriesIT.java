package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.RekeyIT;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.run.Http.Answer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The time limit and the snapshot of a read. */
class BoundedQueriesIT extends RekeyIT {

  @Autowired private JdbcClient jdbc;
  @Autowired private PlatformTransactionManager transactions;
  @Autowired private BoundedQueries queries;

  @Test
  void queryOverFiveSecondsIsTooBroad() throws SQLException {
    long begun = System.nanoTime();
    Answer answer;
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table audit_event in access exclusive mode");
      answer = as("payments").get("/api/v1/audit-events");
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/query-too-broad");
    assertThat(answer.text("/detail")).contains("from and to", "credentialId");
    assertThat(as("payments").get("/api/v1/audit-events").status()).isEqualTo(200);
  }

  @Test
  void limitAppliesToItsQueriesOnly() {
    var limited = new BoundedQueries(jdbc, transactions, Duration.ofMillis(100), 10);

    assertThat(limited.read("", () -> setting("statement_timeout"))).isEqualTo("100ms");
    assertThatThrownBy(() -> limited.read("", () -> sleep(1)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> assertThat(thrown.type()).isEqualTo(ProblemType.QUERY_TOO_BROAD));
    assertThat(queries.read("", () -> setting("statement_timeout"))).isEqualTo("5s");
    assertThat(setting("statement_timeout")).isEqualTo("0");
  }

  @Test
  void queriesOfOneReadSeeTheSameData() {
    String watched = "select exists (select from watched where upstream = :upstream)";
    var exists = jdbc.sql(watched).param("upstream", requestId).query(Boolean.class);

    List<Boolean> seen =
        queries.read(
            "",
            () -> {
              boolean before = exists.single();
              execute("insert into watched (upstream, name) values (?, 'nothing')", requestId);
              return List.of(before, exists.single());
            });

    assertThat(seen).containsExactly(false, false);
    assertThat(exists.single()).isTrue();
  }

  @Test
  void readsCannotWrite() {
    assertThatThrownBy(
            () ->
                queries.read(
                    "",
                    () -> jdbc.sql("delete from idempotency_key where principal = ''").update()))
        // The pool replaces a session that cannot write, so the rollback fails, too.
        .isInstanceOf(DataAccessException.class);
  }

  @Test
  void cancelledQueryIsNotTooBroad() {
    var read = CompletableFuture.runAsync(() -> queries.read("", () -> sleep(3)));
    Awaitility.await()
        .until(
            () ->
                !query(
                        "select pg_cancel_backend(pid) from pg_stat_activity"
                            + " where state = 'active' and query like 'select pg_sleep%'"
                            + " and usename = 'rekey_service'")
                    .isEmpty());

    assertThat(read).failsWithin(Duration.ofSeconds(2));
    assertThat(read.exceptionNow()).isInstanceOf(DataAccessException.class);
  }

  private String setting(String name) {
    return jdbc.sql("show " + name).query(String.class).single();
  }

  private Object sleep(int seconds) {
    return jdbc.sql("select pg_sleep(" + seconds + ")").query().listOfRows();
  }
}
