package dev.rekey.rotation;

import dev.rekey.credential.OpenMutations;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Answers the inventory's questions about rotations and changes. */
@Component
class RotationOpenMutations implements OpenMutations {

  /** How long a list may still show a deleted credential. */
  private static final Duration LIST_LAG = Duration.ofHours(1);

  private static final String OPEN =
      """
      (a.state in ('PENDING', 'UNKNOWN') or a.state in ('ORPHAN_REMOVED', 'COMPENSATED')
        and a.closed_at > clock_timestamp() - :lag * interval '1 s')
      """;

  private final JdbcClient jdbc;
  private final Upstreams upstreams;
  private final RotationProperties properties;

  RotationOpenMutations(JdbcClient jdbc, Upstreams upstreams, RotationProperties properties) {
    this.jdbc = jdbc;
    this.upstreams = upstreams;
    this.properties = properties;
  }

  /**
   * The reconciler checks an attempt again at once that counts as not applied, but may still take
   * effect.
   */
  @Override
  @Transactional
  public boolean isReservedByOpenAttempt(UUID attempt) {
    int late =
        jdbc.sql(
                """
                update rotation_attempt set next_check_at = clock_timestamp()
                where id = :id and state = 'NOT_APPLIED'
                  and lease_until > clock_timestamp() - :late * interval '1 s'
                """)
            .param("id", attempt)
            .param("late", Reconciler.LATE_EFFECT.toSeconds())
            .update();
    return late == 1 || isOpen(attempt);
  }

  private boolean isOpen(UUID attempt) {
    return jdbc.sql(
            "select exists (select from rotation_attempt a where a.id = :id and " + OPEN + ")")
        .param("id", attempt)
        .param("lag", LIST_LAG.toSeconds())
        .query(Boolean.class)
        .single();
  }

  @Override
  public boolean isMadeByOpenAttempt(Subject subject, PathId upstreamId) {
    return jdbc.sql(
            """
            select exists (select from rotation r join rotation_attempt a on a.rotation_id = r.id
              where r.subject = :subject and r.upstream = :upstream
                and a.upstream_id = :id and %s)
            """
                .formatted(OPEN))
        .param("subject", subject.name())
        .param("upstream", subject.upstream().value())
        .param("id", upstreamId.value())
        .param("lag", LIST_LAG.toSeconds())
        .query(Boolean.class)
        .single();
  }

  @Override
  public boolean hasOpenChange(Subject subject, PathId upstreamId) {
    return hasChange(subject, upstreamId, "state in ('PENDING', 'UNKNOWN')");
  }

  @Override
  public boolean hasRetired(Subject subject, PathId upstreamId) {
    return hasChange(subject, upstreamId, "kind in ('DELETE', 'REVOKE') and state = 'SUCCEEDED'");
  }

  private boolean hasChange(Subject subject, PathId upstreamId, String condition) {
    return jdbc.sql(
            """
            select exists (select from credential_change
              where subject = :subject and upstream_id = :id and upstream = :upstream and %s)
            """
                .formatted(condition))
        .param("subject", subject.name())
        .param("id", upstreamId.value())
        .param("upstream", subject.upstream().value())
        .query(Boolean.class)
        .single();
  }

  @Override
  public boolean hasOpenMint(Subject subject) {
    return jdbc.sql(
            """
            select exists (select from rotation
              where subject = :subject and upstream = :upstream and state = 'PENDING')
            """)
        .param("subject", subject.name())
        .param("upstream", subject.upstream().value())
        .query(Boolean.class)
        .single();
  }

  @Override
  public boolean mayHaveReplaced(Subject subject, Instant lastSeen) {
    return !upstreams.of(subject).isAdditive()
        && jdbc.sql(
                """
                select exists (select from rotation
                  where subject = :subject and upstream = :upstream
                    and (state = 'SUCCEEDED' and closed_at > :since
                      or state in ('UNKNOWN', 'RESOLVED')
                        and closed_at + :late * interval '1 s' > :since))
                """)
            .param("late", properties.consistencyWindow().toSeconds())
            .param("subject", subject.name())
            .param("upstream", subject.upstream().value())
            .param("since", SqlTime.of(lastSeen))
            .query(Boolean.class)
            .single();
  }

  @Override
  public Set<UUID> rotationsReplacing(Subject subject, UUID credential) {
    return Set.copyOf(
        jdbc.sql("select id from rotation where subject = :subject and replaces = :credential")
            .param("subject", subject.name())
            .param("credential", credential)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list());
  }
}
