package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Finds out how rotations stand. */
@Component
class RotationStatuses {

  private static final String SELECT =
      """
      select r.id, r.upstream, r.subject, r.state, r.name, r.description, r.grace_seconds,
        r.confirm_on_first_use, r.confirmed_at is not null as confirmed,
        r.reverted_at is not null as reverted,
        made.id as made_id, made.upstream_id as made_upstream_id, made.status as made_status,
        older.id as older_id, older.upstream_id as older_upstream_id, older.status as older_status,
        (select n.id from rotation n where n.reissue_of = r.id and n.state = 'SUCCEEDED')
          as reissued_as,
        exists (select from rotation n where n.reissue_of = r.id and n.state = 'PENDING')
          as being_reissued,
        exists (select from retirement t where t.credential_id = r.replaces
          and t.rotation_id = r.id and t.done_at is null) as older_planned,
        exists (select from rotation_attempt a
          where a.rotation_id = r.id and a.state = 'UNKNOWN' and a.next_check_at is not null)
          as looked_for,
        exists (select from credential_change c
          where c.upstream = r.upstream and c.subject = r.subject
            and c.upstream_id = older.upstream_id and c.kind in ('DELETE', 'REVOKE')
            and c.state in ('PENDING', 'UNKNOWN')) as older_being_ended
      from rotation r
        left join credential made on made.id = r.credential_id
        left join credential older on older.id = r.replaces
      """;

  private final JdbcClient jdbc;

  RotationStatuses(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<RotationStatus> find(UUID rotation) {
    return jdbc.sql(SELECT + " where r.id = :id")
        .param("id", rotation)
        .query(RotationStatuses::standing)
        .optional();
  }

  Map<UUID, RotationStatus> find(Collection<UUID> rotations) {
    List<RotationStatus> found =
        jdbc.sql(SELECT + " where r.id = any (:ids)")
            .param("ids", rotations.toArray(UUID[]::new))
            .query(RotationStatuses::standing)
            .list();
    return found.stream().collect(Collectors.toMap(RotationStatus::rotation, Function.identity()));
  }

  /**
   * How it stands, and will until the caller's transaction ends. The order of the locks is the same
   * everywhere: rotation, then retirements, then credentials.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  RotationStatus lock(UUID rotation) {
    hold(rotation);
    jdbc.sql(
            """
            select 1 from retirement t where t.credential_id in (
              select unnest(array[r.replaces, r.credential_id]) from rotation r where r.id = :id)
            order by t.credential_id for update
            """)
        .param("id", rotation)
        .query(Integer.class)
        .list();
    return find(rotation).orElseThrow();
  }

  /** Locks a rotation alone, without shutting out the foreign keys that point at it. */
  @Transactional(propagation = Propagation.MANDATORY)
  void hold(UUID rotation) {
    jdbc.sql("select 1 from rotation where id = :id for no key update")
        .param("id", rotation)
        .query(Integer.class)
        .single();
  }

  private static RotationStatus standing(ResultSet row, int index) throws SQLException {
    Integer grace = row.getObject("grace_seconds", Integer.class);
    return new RotationStatus(
        row.getObject("id", UUID.class),
        new Subject(new UpstreamName(row.getString("upstream")), row.getString("subject")),
        MutationState.valueOf(row.getString("state")),
        new CredentialNaming(row.getString("name"), row.getString("description")),
        known(row, "made"),
        known(row, "older"),
        grace == null ? null : Duration.ofSeconds(grace),
        row.getBoolean("confirm_on_first_use"),
        row.getBoolean("confirmed"),
        row.getBoolean("reverted"),
        row.getObject("reissued_as", UUID.class),
        row.getBoolean("being_reissued"),
        row.getBoolean("looked_for"),
        row.getBoolean("older_planned"),
        row.getBoolean("older_being_ended"));
  }

  private static @Nullable Known known(ResultSet row, String which) throws SQLException {
    UUID id = row.getObject(which + "_id", UUID.class);
    return id == null
        ? null
        : new Known(
            id, PathId.of(row.getString(which + "_upstream_id")), row.getString(which + "_status"));
  }
}
