package dev.rekey.credential.refresh;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stores the run of each upstream: which replica has the lease, and how far the run is. A run scans
 * every target in the order of names. Another replica can continue it at the last checkpoint.
 */
@Component
class RefreshRuns {

  private static final int LEASE_SECONDS = 60;

  private final JdbcClient jdbc;

  RefreshRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A run.
   *
   * @param startedAt null if the upstream never had a run
   * @param endedAt null while the run is open
   * @param lastCompleteAt the start of the last run that ended; null if none did
   */
  record Run(
      long number,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Instant lastCompleteAt) {

    boolean isOpen() {
      return startedAt != null && endedAt == null;
    }
  }

  /**
   * Acquires the upstream's lease or renews it; returns the latest run. Empty if another replica
   * has the lease.
   */
  @Transactional
  Optional<Run> acquire(UpstreamName upstream, UUID replica) {
    Optional<Run> held =
        jdbc.sql(
                """
                select number, started_at, ended_at, last_whole from refresh_pass
                where upstream = :upstream and owner = :replica
                  and leased_until > clock_timestamp() + :least * interval '1 s'
                """)
            .params(
                Map.of(
                    "upstream", upstream.value(), "replica", replica, "least", LEASE_SECONDS / 2))
            .query((row, _) -> run(row))
            .optional();
    return held.isPresent() ? held : lease(upstream, replica);
  }

  private Optional<Run> lease(UpstreamName upstream, UUID replica) {
    return jdbc.sql(
            """
            insert into refresh_pass as p (upstream, owner, leased_until)
            values (:upstream, :replica, clock_timestamp() + :lease * interval '1 s')
            on conflict (upstream) do update
              set owner = excluded.owner, leased_until = excluded.leased_until
              where p.owner is null or p.owner = :replica or p.leased_until < clock_timestamp()
            returning number, started_at, ended_at, last_whole
            """)
        .params(Map.of("upstream", upstream.value(), "replica", replica, "lease", LEASE_SECONDS))
        .query((row, _) -> run(row))
        .optional();
  }

  private static Run run(ResultSet row) throws SQLException {
    return new Run(
        row.getLong(1),
        SqlTime.nullableInstant(row, 2),
        SqlTime.nullableInstant(row, 3),
        SqlTime.nullableInstant(row, 4));
  }

  /** Releases the lease, so that another replica can continue at once. */
  @Transactional
  void release(UpstreamName upstream, UUID replica) {
    jdbc.sql(
            "update refresh_pass set owner = null, leased_until = null"
                + " where upstream = :upstream and owner = :replica")
        .params(Map.of("upstream", upstream.value(), "replica", replica))
        .update();
  }

  /** Starts the next run, and deletes the checkpoints of all but the last two. */
  @Transactional
  void start(UpstreamName upstream, UUID replica, Instant at) {
    jdbc.sql(
            """
            update refresh_pass set number = number + 1, started_at = :at, ended_at = null
            where upstream = :upstream and owner = :replica
            """)
        .params(Map.of("upstream", upstream.value(), "replica", replica, "at", SqlTime.of(at)))
        .update();
    jdbc.sql(
            """
            delete from refresh_stretch where upstream = :upstream
              and pass < (select number - 1 from refresh_pass where upstream = :upstream)
            """)
        .param("upstream", upstream.value())
        .update();
  }

  /** Returns the name at the last checkpoint; without one "", which is before all other names. */
  @Transactional(readOnly = true)
  String position(UpstreamName upstream, Run run) {
    return jdbc.sql(
            "select coalesce(max(to_name), '') from refresh_stretch"
                + " where upstream = :upstream and pass = :run")
        .params(Map.of("upstream", upstream.value(), "run", run.number()))
        .query(String.class)
        .single();
  }

  /**
   * Records that every target up to a name was scanned; {@code scannedSince} is when the first scan
   * since the last checkpoint started.
   */
  @Transactional
  void checkpoint(
      UpstreamName upstream, UUID replica, Run run, String position, Instant scannedSince) {
    jdbc.sql(
            """
            insert into refresh_stretch (upstream, pass, to_name, looked_at)
            select upstream, number, :position, :since from refresh_pass
            where upstream = :upstream and owner = :replica and number = :run
            on conflict do nothing
            """)
        .params(Map.of("upstream", upstream.value(), "replica", replica, "run", run.number()))
        .params(Map.of("position", position, "since", SqlTime.of(scannedSince)))
        .update();
  }

  @Transactional
  void end(UpstreamName upstream, UUID replica, Run run, Instant at) {
    jdbc.sql(
            """
            update refresh_pass set ended_at = :at, last_whole = started_at
            where upstream = :upstream and owner = :replica and number = :run and ended_at is null
            """)
        .params(Map.of("upstream", upstream.value(), "replica", replica, "run", run.number()))
        .param("at", SqlTime.of(at))
        .update();
  }
}
