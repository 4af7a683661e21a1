package dev.rekey.audit;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.run.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A history in a database without a sealer, whose chain a test writes. */
public final class ScratchHistory implements AutoCloseable {

  private final PostgresServer postgres;
  private final String database = "scratch_" + UUID.randomUUID().toString().replace("-", "");
  private final HikariDataSource service;
  private final JdbcClient asOwner;
  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  public ScratchHistory(PostgresServer postgres) {
    this.postgres = postgres;
    superuser("create database " + database + " owner " + PostgresServer.OWNER);
    var owner = dataSource(PostgresServer.OWNER);
    Flyway.configure()
        .dataSource(owner)
        .placeholders(Map.of("serviceRole", PostgresServer.SERVICE))
        .load()
        .migrate();
    this.service = new HikariDataSource();
    service.setDataSource(dataSource(PostgresServer.SERVICE));
    service.setMaximumPoolSize(2);
    this.asOwner = JdbcClient.create(owner);
    this.jdbc = JdbcClient.create(service);
    this.queries =
        new BoundedQueries(
            jdbc, new DataSourceTransactionManager(service), Duration.ofSeconds(5), 10);
  }

  private DriverManagerDataSource dataSource(String role) {
    return new DriverManagerDataSource(
        "jdbc:postgresql://localhost:" + postgres.port() + "/" + database,
        role,
        PostgresServer.PASSWORD);
  }

  public JdbcClient jdbc() {
    return jdbc;
  }

  public BoundedQueries queries() {
    return queries;
  }

  public AuditEvents events() {
    return new AuditEvents(jdbc, queries, new WordSearch(jdbc));
  }

  /** Appends and seals one event for each second after a time, which is an SQL expression. */
  public void seal(int count, String from) {
    asOwner
        .sql(
            """
            with event as (
              insert into audit_event (id, type, occurred_at, actor_id, actor_kind)
              select test_uuidv7(), 'access.denied', %s + make_interval(secs => i), 'scratch', 'caller'
              from generate_series(1, :count) i
              returning id, occurred_at)
            insert into audit_seal (seq, event_id, occurred_at, row_hash, chain_hash)
            select (select count(*) from audit_seal) + row_number() over (order by occurred_at),
              id, occurred_at, sha256(id::text::bytea), sha256(id::text::bytea)
            from event
            """
                .formatted(from))
        .param("count", count)
        .update();
  }

  /** Creates the month of a day, if there is none. */
  public void createMonth(LocalDate day) {
    LocalDate first = day.withDayOfMonth(1);
    asOwner
        .sql(
            "create table if not exists audit_event_%tY_%<tm partition of audit_event"
                    .formatted(first)
                + " for values from ('%sT00:00:00Z') to ('%sT00:00:00Z')"
                    .formatted(first, first.plusMonths(1)))
        .update();
  }

  /** Counts all events by the hour, as the sealer does. */
  public void countByHour() {
    String hour = "date_trunc('hour', occurred_at, 'UTC')";
    asOwner
        .sql(
            "insert into audit_rollup select %s, type, outcome, actor_team, upstream, count(*)"
                    .formatted(hour)
                + " from audit_event group by 1, 2, 3, 4, 5")
        .update();
    asOwner
        .sql(
            "insert into audit_rollup_subject select subject, %s, type, outcome, actor_team,"
                    .formatted(hour)
                + " upstream, count(*) from audit_event where subject is not null"
                + " group by 1, 2, 3, 4, 5, 6")
        .update();
  }

  /** Drops the month of a time, which is an SQL expression, as retention does. */
  public void dropMonth(String time) {
    asOwner
        .sql(
            "select 'drop table audit_event_' || to_char((%s) at time zone 'UTC', 'YYYY_MM')"
                .formatted(time))
        .query(String.class)
        .list()
        .forEach(drop -> asOwner.sql(drop).update());
  }

  @Override
  public void close() {
    service.close();
    superuser("drop database " + database + " with (force)");
  }

  private void superuser(String sql) {
    try (var connection = postgres.connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
