package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Reads what the refresher knows of subjects: which ones it scans, and when it last did. */
@Component
public class Observations {

  private static final Set<CredentialStatus> PRESENT =
      EnumSet.of(CredentialStatus.ACTIVE, CredentialStatus.RETIRING, CredentialStatus.EXPIRED);

  private static final Duration READABLE_AFTER_MISSING = Duration.ofDays(30);
  private static final Duration READABLE_AFTER_RETIRED = Duration.ofDays(1);

  private final JdbcClient jdbc;
  private final CredentialRepository rows;

  Observations(JdbcClient jdbc, CredentialRepository rows) {
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /** Returns when each credential's subject was last scanned; subjects never scanned are absent. */
  Map<Subject, Instant> lastScans(Collection<Credential> credentials) {
    List<Subject> subjects = credentials.stream().map(Credential::subject).distinct().toList();
    var scans = new HashMap<Subject, Instant>();
    jdbc.sql(
            """
            select w.name, case when f.name is null then s.looked_at else f.looked_at end,
              w.upstream
            from unnest(:upstreams, :names) wanted (upstream, name)
            join watched w on w.upstream = wanted.upstream and w.name = wanted.name
            left join refresh_failure f on f.upstream = w.upstream and f.name = w.name
            left join lateral (
              select looked_at from refresh_stretch
              where upstream = w.upstream and to_name >= w.name
              order by pass desc, to_name limit 1) s on true
            """)
        .param("upstreams", texts(subjects, subject -> subject.upstream().value()))
        .param("names", texts(subjects, Subject::name))
        .query(
            row -> {
              Instant at = SqlTime.nullableInstant(row, 2);
              if (at != null) {
                scans.put(Subject.of(row.getString(3), row.getString(1)), at);
              }
            });
    return scans;
  }

  private static String[] texts(List<Subject> subjects, Function<Subject, String> text) {
    return subjects.stream().map(text).toArray(String[]::new);
  }

  /** Has the refresher scan these subjects from now on. */
  @Transactional
  public void watch(UpstreamName upstream, Collection<String> names) {
    jdbc.sql(
            """
            insert into watched (upstream, name)
            select :upstream, name from unnest(:names) name on conflict do nothing
            """)
        .params(Map.of("upstream", upstream.value(), "names", names.toArray(String[]::new)))
        .update();
  }

  /** Returns true if a scan has once seen all credentials of the subject. */
  boolean isFullyScanned(Subject subject) {
    return jdbc.sql(
            """
            select exists (select from watched
              where upstream = :upstream and name = :subject and watched_since is not null)
            """)
        .params(Map.of("upstream", subject.upstream().value(), "subject", subject.name()))
        .query(Boolean.class)
        .single();
  }

  /** Returns the oldest time of a last scan; empty if the refresher never ran. */
  @Transactional(readOnly = true)
  Optional<Instant> oldestScan(UpstreamName upstream) {
    return jdbc.sql(
            """
            select least(
              case when ended_at is null then coalesce(last_whole, started_at) else started_at end,
              (select min(coalesce(looked_at, since)) from refresh_failure f
               where f.upstream = p.upstream))
            from refresh_pass p where upstream = :upstream
            """)
        .param("upstream", upstream.value())
        .query((row, _) -> Optional.ofNullable(SqlTime.nullableInstant(row, 1)))
        .optional()
        .flatMap(oldest -> oldest);
  }

  /** Finds the credentials that exist upstream as far as Rekey knows, and those with these ids. */
  List<Credential> present(Subject subject, Collection<PathId> ids) {
    return rows.findByStatusOrId(subject, PRESENT, ids);
  }

  /** Returns true if a credential of the subject exists upstream as far as Rekey knows. */
  public boolean hasPresent(Subject subject) {
    return !present(subject, List.of()).isEmpty();
  }

  /**
   * Returns the ids of all credentials of a subject that a read by id could still find. One that is
   * gone may come back for some time.
   */
  public List<PathId> readableIds(Subject subject, Instant now) {
    return rows.findByStatusOrId(subject, EnumSet.allOf(CredentialStatus.class), List.of()).stream()
        .filter(credential -> isReadable(credential, now))
        .map(Credential::upstreamId)
        .toList();
  }

  private static boolean isReadable(Credential credential, Instant now) {
    return switch (credential.status()) {
      case ACTIVE, RETIRING, EXPIRED -> true;
      case MISSING -> credential.observedAt().plus(READABLE_AFTER_MISSING).isAfter(now);
      case RETIRED -> credential.observedAt().plus(READABLE_AFTER_RETIRED).isAfter(now);
    };
  }
}
