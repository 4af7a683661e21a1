package dev.rekey.credential.refresh;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * How far the looks at an upstream have come, in the database, so that any replica goes on where
 * another one stopped. A pass looks at all that is watched in the order of the names.
 */
@Component
class RefreshRuns {

  private static final int LEASE_SECONDS = 60;

  private final JdbcClient jdbc;

  RefreshRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A pass.
   *
   * @param startedAt null if there never was one
   * @param endedAt null while it is under way
   * @param lastWhole when the last one began that came to its end; null if none did
   */
  record Pass(
      long number,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Instant lastWhole) {

    boolean isUnderWay() {
      return startedAt != null && endedAt == null;
    }
  }

  /** A subject, or a directory of subjects, to be looked at. */
  record Watched(String name, boolean isDirectory, boolean wasSeenWhole, boolean hasFailed) {}

  /** The latest pass, if it is this replica's to go on with; it then is for some time. */
  @Transactional
  Optional<Pass> hold(UpstreamName upstream, UUID me) {
    Optional<Pass> held =
        jdbc.sql(
                """
                select number, started_at, ended_at, last_whole from refresh_pass
                where upstream = :upstream and owner = :me
                  and leased_until > clock_timestamp() + :least * interval '1 s'
                """)
            .param("upstream", upstream.value())
            .param("me", me)
            .param("least", LEASE_SECONDS / 2)
            .query((row, _) -> pass(row))
            .optional();
    return held.isEmpty() && take(upstream, me) ? Optional.of(latest(upstream)) : held;
  }

  private boolean take(UpstreamName upstream, UUID me) {
    return jdbc.sql(
                """
            insert into refresh_pass as p (upstream, owner, leased_until)
            values (:upstream, :me, clock_timestamp() + :lease * interval '1 s')
            on conflict (upstream) do update
              set owner = excluded.owner, leased_until = excluded.leased_until
              where p.owner is null or p.owner = :me or p.leased_until < clock_timestamp()
            """)
            .param("upstream", upstream.value())
            .param("me", me)
            .param("lease", LEASE_SECONDS)
            .update()
        == 1;
  }

  /** Leaves it to whoever comes first; nothing if it is somebody else's already. */
  @Transactional
  void release(UpstreamName upstream, UUID me) {
    jdbc.sql(
            "update refresh_pass set owner = null, leased_until = null"
                + " where upstream = :upstream and owner = :me")
        .param("upstream", upstream.value())
        .param("me", me)
        .update();
  }

  private Pass latest(UpstreamName upstream) {
    return jdbc.sql(
            "select number, started_at, ended_at, last_whole from refresh_pass"
                + " where upstream = :upstream")
        .param("upstream", upstream.value())
        .query((row, _) -> pass(row))
        .single();
  }

  /**
   * Begins the next pass. What is watched only because of directories that are not there any more
   * is not watched from now on.
   *
   * @param directories all of this upstream's; null if it has none
   */
  @Transactional
  void begin(UpstreamName upstream, UUID me, Instant at, @Nullable Collection<String> directories) {
    watchKnown(upstream);
    if (directories != null) {
      watchOnly(upstream, directories);
    }
    jdbc.sql(
            """
            update refresh_pass set number = number + 1, started_at = :at, ended_at = null
            where upstream = :upstream and owner = :me
            """)
        .param("upstream", upstream.value())
        .param("me", me)
        .param("at", SqlTime.of(at))
        .update();
    jdbc.sql("delete from refresh_stretch where upstream = :upstream and pass < :oldest")
        .param("upstream", upstream.value())
        .param("oldest", latest(upstream).number() - 1)
        .update();
  }

  // Not when a credential is recorded: two that are the first of a subject would wait for each
  // other. A subject that has nothing any more is only looked at if it is named again.
  private void watchKnown(UpstreamName upstream) {
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

  private void watchOnly(UpstreamName upstream, Collection<String> directories) {
    String[] names = directories.toArray(String[]::new);
    jdbc.sql(
            """
            insert into watched (upstream, name, is_directory)
            select :upstream, name, true from unnest(:names) name on conflict do nothing
            """)
        .param("upstream", upstream.value())
        .param("names", names)
        .update();
    jdbc.sql(
            """
            delete from watched w where upstream = :upstream and not exists (
              select from unnest(:names) name where w.name = name or starts_with(w.name, name || '/'))
            """)
        .param("upstream", upstream.value())
        .param("names", names)
        .update();
    jdbc.sql(
            """
            delete from refresh_failure f where upstream = :upstream and not exists (
              select from watched w where w.upstream = f.upstream and w.name = f.name)
            """)
        .param("upstream", upstream.value())
        .update();
  }

  /** How many are watched, and how many of them by names up to this one. */
  record Count(long all, long done) {}

  @Transactional(readOnly = true)
  Count count(UpstreamName upstream, String position) {
    return jdbc.sql(
            "select count(*), count(*) filter (where name <= :position) from watched"
                + " where upstream = :upstream")
        .param("upstream", upstream.value())
        .param("position", position)
        .query((row, _) -> new Count(row.getLong(1), row.getLong(2)))
        .single();
  }

  /**
   * How far a pass has come; the empty name, which comes before all others, if it has not begun.
   */
  @Transactional(readOnly = true)
  String position(UpstreamName upstream, Pass pass) {
    return jdbc.sql(
            "select coalesce(max(to_name), '') from refresh_stretch"
                + " where upstream = :upstream and pass = :pass")
        .param("upstream", upstream.value())
        .param("pass", pass.number())
        .query(String.class)
        .single();
  }

  /** The one whose turn comes after a name. */
  @Transactional(readOnly = true)
  Optional<Watched> following(UpstreamName upstream, String name) {
    return jdbc.sql(
            """
            select w.name, w.is_directory, w.watched_since is not null, f.name is not null
            from watched w
            left join refresh_failure f on f.upstream = w.upstream and f.name = w.name
            where w.upstream = :upstream and w.name > :name order by w.name limit 1
            """)
        .param("upstream", upstream.value())
        .param("name", name)
        .query((row, _) -> watched(row))
        .optional();
  }

  /** One that could not be looked at before and is due again. */
  @Transactional(readOnly = true)
  Optional<Watched> dueAgain(UpstreamName upstream) {
    return jdbc.sql(
            """
            select w.name, w.is_directory, w.watched_since is not null, true
            from refresh_failure f
            join watched w on w.upstream = f.upstream and w.name = f.name
            where f.upstream = :upstream and f.next_try_at <= clock_timestamp()
            order by f.next_try_at limit 1
            """)
        .param("upstream", upstream.value())
        .query((row, _) -> watched(row))
        .optional();
  }

  /** Notes that everything up to a name was looked at, none of it before that time. */
  @Transactional
  void stretch(UpstreamName upstream, UUID me, Pass pass, String toName, Instant lookedAt) {
    jdbc.sql(
            """
            insert into refresh_stretch (upstream, pass, to_name, looked_at)
            select upstream, number, :name, :at from refresh_pass
            where upstream = :upstream and owner = :me and number = :pass
            on conflict do nothing
            """)
        .param("upstream", upstream.value())
        .param("me", me)
        .param("pass", pass.number())
        .param("name", toName)
        .param("at", SqlTime.of(lookedAt))
        .update();
  }

  @Transactional
  void end(UpstreamName upstream, UUID me, Pass pass, Instant at) {
    jdbc.sql(
            """
            update refresh_pass set ended_at = :at, last_whole = started_at
            where upstream = :upstream and owner = :me and number = :pass and ended_at is null
            """)
        .param("upstream", upstream.value())
        .param("me", me)
        .param("pass", pass.number())
        .param("at", SqlTime.of(at))
        .update();
  }

  /** Notes that all that a name has was seen for the first time. */
  @Transactional
  void seenWhole(UpstreamName upstream, String name, Instant at) {
    jdbc.sql(
            "update watched set watched_since = :at"
                + " where upstream = :upstream and name = :name and watched_since is null")
        .param("upstream", upstream.value())
        .param("name", name)
        .param("at", SqlTime.of(at))
        .update();
  }

  /** Notes that one could not be looked at; the pause before the next try grows. */
  @Transactional
  void failed(UpstreamName upstream, String name, String reason, Duration longestPause) {
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
                + least(:longest, 30 * power(2, least(f.tries, 20))) * interval '1 s'
            """)
        .param("upstream", upstream.value())
        .param("name", name)
        .param("reason", reason)
        .param("longest", longestPause.toSeconds())
        .update();
  }

  @Transactional
  void succeeded(UpstreamName upstream, String name) {
    jdbc.sql("delete from refresh_failure where upstream = :upstream and name = :name")
        .param("upstream", upstream.value())
        .param("name", name)
        .update();
  }

  /** Looks at a name no more, until it is named again. */
  @Transactional
  void forget(UpstreamName upstream, String name) {
    succeeded(upstream, name);
    jdbc.sql("delete from watched where upstream = :upstream and name = :name")
        .param("upstream", upstream.value())
        .param("name", name)
        .update();
  }

  private static Pass pass(ResultSet row) throws SQLException {
    return new Pass(row.getLong(1), instant(row, 2), instant(row, 3), instant(row, 4));
  }

  private static Watched watched(ResultSet row) throws SQLException {
    return new Watched(row.getString(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4));
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    return SqlTime.instant(row.getObject(column, OffsetDateTime.class));
  }
}
