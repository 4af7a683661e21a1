package dev.rekey.credential.refresh;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Stores which subjects and directories are scanned, and which of the scans failed. */
@Component
class ScanTargets {

  private final JdbcClient jdbc;

  ScanTargets(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A subject, or a directory of subjects, to scan.
   *
   * @param wasComplete true if a scan was complete once
   * @param hasFailed true if the last scan failed
   */
  record ScanTarget(String name, boolean isDirectory, boolean wasComplete, boolean hasFailed) {}

  /**
   * Adds the subjects of recorded credentials and the directories, which are null if the upstream
   * has none. Removes subjects of directories that are gone.
   */
  @Transactional
  void update(UpstreamName upstream, @Nullable Collection<String> directories) {
    addRecorded(upstream);
    if (directories != null) {
      String[] names = directories.toArray(String[]::new);
      addDirectories(upstream, names);
      removeOutside(upstream, names);
    }
  }

  // Not when a credential is recorded: two transactions that each record the first one of a subject
  // would wait for each other. A subject without credentials is scanned only if it is added again.
  private void addRecorded(UpstreamName upstream) {
    jdbc.sql(
            """
            insert into watched (upstream, name)
            select distinct upstream, subject from credential c
            where upstream = :upstream and status not in ('RETIRED', 'MISSING') and not exists (
              select from watched w where w.upstream = c.upstream and w.name = c.subject)
            on conflict do nothing
            """)
        .param("upstream", upstream.value())
        .update();
  }

  private void addDirectories(UpstreamName upstream, String[] names) {
    jdbc.sql(
            """
            insert into watched (upstream, name, is_directory)
            select :upstream, name, true from unnest(:names) name on conflict do nothing
            """)
        .params(Map.of("upstream", upstream.value(), "names", names))
        .update();
  }

  private void removeOutside(UpstreamName upstream, String[] directories) {
    jdbc.sql(
            """
            delete from watched w where upstream = :upstream and not exists (
              select from unnest(:names) name where w.name = name or starts_with(w.name, name || '/'))
            """)
        .params(Map.of("upstream", upstream.value(), "names", directories))
        .update();
    jdbc.sql(
            """
            delete from refresh_failure f where upstream = :upstream and not exists (
              select from watched w where w.upstream = f.upstream and w.name = f.name)
            """)
        .param("upstream", upstream.value())
        .update();
  }

  /** The number of targets, and of those whose names come at or before a position. */
  record Count(long total, long done) {}

  @Transactional(readOnly = true)
  Count count(UpstreamName upstream, String position) {
    return jdbc.sql(
            "select count(*), count(*) filter (where name <= :position) from watched"
                + " where upstream = :upstream")
        .params(Map.of("upstream", upstream.value(), "position", position))
        .query((row, _) -> new Count(row.getLong(1), row.getLong(2)))
        .single();
  }

  /** Returns the next target in the order of names. */
  @Transactional(readOnly = true)
  Optional<ScanTarget> next(UpstreamName upstream, String position) {
    return jdbc.sql(
            """
            select w.name, w.is_directory, w.watched_since is not null, f.name is not null
            from watched w
            left join refresh_failure f on f.upstream = w.upstream and f.name = w.name
            where w.upstream = :upstream and w.name > :position order by w.name limit 1
            """)
        .params(Map.of("upstream", upstream.value(), "position", position))
        .query((row, _) -> target(row))
        .optional();
  }

  /** Returns a failed target whose next attempt is due. */
  @Transactional(readOnly = true)
  Optional<ScanTarget> nextRetry(UpstreamName upstream) {
    return jdbc.sql(
            """
            select w.name, w.is_directory, w.watched_since is not null, true
            from refresh_failure f
            join watched w on w.upstream = f.upstream and w.name = f.name
            where f.upstream = :upstream and f.next_try_at <= clock_timestamp()
            order by f.next_try_at limit 1
            """)
        .param("upstream", upstream.value())
        .query((row, _) -> target(row))
        .optional();
  }

  private static ScanTarget target(ResultSet row) throws SQLException {
    return new ScanTarget(
        row.getString(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4));
  }

  /** Records the first complete scan; later ones change nothing. */
  @Transactional
  void completed(UpstreamName upstream, String name, Instant at) {
    jdbc.sql(
            "update watched set watched_since = :at"
                + " where upstream = :upstream and name = :name and watched_since is null")
        .params(Map.of("upstream", upstream.value(), "name", name, "at", SqlTime.of(at)))
        .update();
  }

  /** Records a failed scan. The pause before the next attempt doubles, up to a maximum. */
  @Transactional
  void failed(UpstreamName upstream, String name, String reason, Duration maxPause) {
    jdbc.sql(
            """
            insert into refresh_failure as f
              (upstream, name, since, looked_at, tries, reason, next_try_at)
            values (:upstream, :name, clock_timestamp(),
              (select looked_at from refresh_stretch
               where upstream = :upstream and to_name >= :name
               order by pass desc, to_name limit 1),
              1, :reason, clock_timestamp() + interval '30 s')
            on conflict (upstream, name) do update set
              tries = f.tries + 1, reason = excluded.reason,
              next_try_at = clock_timestamp()
                + least(:maxPause, 30 * power(2, least(f.tries, 20))) * interval '1 s'
            """)
        .params(Map.of("upstream", upstream.value(), "name", name, "reason", reason))
        .param("maxPause", maxPause.toSeconds())
        .update();
  }

  /** Removes the record of a failed scan. */
  @Transactional
  void succeeded(UpstreamName upstream, String name) {
    jdbc.sql("delete from refresh_failure where upstream = :upstream and name = :name")
        .params(Map.of("upstream", upstream.value(), "name", name))
        .update();
  }

  /** Stops scanning a target, until it is added again. */
  @Transactional
  void remove(UpstreamName upstream, String name) {
    succeeded(upstream, name);
    jdbc.sql("delete from watched where upstream = :upstream and name = :name")
        .params(Map.of("upstream", upstream.value(), "name", name))
        .update();
  }
}
