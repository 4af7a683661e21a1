package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database refuses every change of the history. */
class AppendOnlyIT extends RekeyIT {

  private static final String REFUSED = "42501";

  private static Connection service;
  private static Connection owner;

  @BeforeAll
  static void connect() throws SQLException {
    service = postgres().connect(PostgresServer.SERVICE);
    owner = postgres().connect(PostgresServer.OWNER);
  }

  @AfterAll
  static void disconnect() throws SQLException {
    service.close();
    owner.close();
  }

  @BeforeEach
  void createEvents() {
    as("search").post(ROTATE, OKTA);
    await().until(() -> !query("select 1 from audit_seal").isEmpty());
    await().until(() -> !query("select 1 from audit_checkpoint").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update %s set occurred_at = now()",
        "update %s set taken_at = now()",
        "delete from %s",
        "truncate %s",
        "alter table %s disable trigger all",
        "alter table %s add column mine int",
        "alter table %s owner to rekey_service",
        "alter table audit_event detach partition %s",
        "create trigger mine before insert on %s execute function audit_refuse()",
        "create rule mine as on insert to %s do instead nothing",
        "create index mine on %s ((1))",
        "drop table %s",
        "drop table %s cascade"
      })
  void serviceRoleCanNeitherChangeNorDropHistory(String sql) {
    for (String table : history()) {
      assertThatThrownBy(() -> execute(service, sql.formatted(table)))
          .as(table)
          .isInstanceOfSatisfying(
              SQLException.class,
              thrown ->
                  assertThat(thrown.getSQLState())
                      .isIn(REFUSED, sql.contains("_at =") ? "42703" : REFUSED));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set session_replication_role = replica",
        "create table mine ()",
        "update audit_retention set minimum_age = '30 days'",
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, recorded_in)"
            + " values (test_uuidv7(), 'access.denied', now(), 'x', 'caller', '3')",
        "alter function audit_refuse() owner to rekey_service",
        "create or replace function audit_refuse() returns trigger language plpgsql as"
            + " 'begin return new; end'",
        "set role rekey_owner",
        "select audit_drop_partition('1 day')",
        "select audit_drop_partition('364 days')",
        "select audit_drop_partition('-1 day')",
        "select audit_drop_partition(null)"
      })
  void serviceRoleCannotBypassTheProtection(String sql) {
    assertThatThrownBy(() -> execute(service, sql))
        .isInstanceOfSatisfying(
            SQLException.class, thrown -> assertThat(thrown.getSQLState()).isEqualTo(REFUSED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"update %s set occurred_at = now()", "delete from %s", "truncate %s"})
  void triggersStopTheOwnerToo(String sql) {
    String withRows =
        String.valueOf(
            query("select tableoid::regclass::text as name from audit_event limit 1")
                .getFirst()
                .get("name"));

    for (String table : List.of("audit_event", withRows, "audit_seal", "audit_checkpoint")) {
      String statement = table.equals("audit_checkpoint") ? sql.replace("occurred", "taken") : sql;
      assertThatThrownBy(() -> execute(owner, statement.formatted(table)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("audit history only grows");
    }
  }

  @Test
  void serviceCanCreatePartitionsForSomeMonthsOnly() throws SQLException {
    execute(service, "select audit_ensure_partitions(0, 6)");

    assertThat(partitions()).hasSizeGreaterThanOrEqualTo(9);
    assertThatThrownBy(() -> execute(service, "select audit_ensure_partitions(0, 25)"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void laterPartitionsHaveTheSameTriggers() {
    assertThat(
            query(
                "select p.inhrelid from pg_inherits p where inhparent = 'audit_event'::regclass and"
                    + " (select count(*) from pg_trigger t where t.tgrelid = p.inhrelid and"
                    + " t.tgname in ('audit_event_no_change', 'audit_event_no_truncate')) <> 2"))
        .isEmpty();
  }

  private static List<String> history() {
    return Stream.concat(
            Stream.of("audit_event", "audit_seal", "audit_checkpoint"), partitions().stream())
        .toList();
  }

  private static List<String> partitions() {
    return query(
            "select inhrelid::regclass::text as name from pg_inherits"
                + " where inhparent = 'audit_event'::regclass")
        .stream()
        .map(row -> (String) row.get("name"))
        .toList();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
