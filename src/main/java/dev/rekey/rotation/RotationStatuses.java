package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.rotation.RotationStatus.Decided;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.rotation.RotationStatus.OldCredential;
import dev.rekey.upstream.CredentialNaming;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Reads the status of rotations. */
@Component
class RotationStatuses {

  /** Whether the reconciler is still finding out the outcome of a rotation {@code r}. */
  static final String RECONCILING =
      """
      exists (select from rotation_attempt a
        where a.rotation_id = r.id and a.state = 'UNKNOWN' and a.next_check_at is not null)
      """;

  /** The columns of {@link #status}, of a rotation {@code r}. */
  static final String COLUMNS =
      """
      r.id, r.upstream, r.subject, r.target, r.state, r.reissue_of,
      d.target as delivery_target, d.place as delivery_place, d.state as delivery_state,
      r.name, r.description, r.grace_seconds,
      r.confirm_on_first_use, r.confirmed_at is not null as confirmed,
      r.reverted_at is not null as reverted,
      made.id as made_id, made.upstream_id as made_upstream_id, made.status as made_status,
      old.id as old_id, old.upstream_id as old_upstream_id, old.status as old_status,
      (select n.id from rotation n where n.reissue_of = r.id and n.state = 'SUCCEEDED')
        as reissued_as,
      exists (select from rotation n where n.reissue_of = r.id and n.state = 'PENDING')
        as being_reissued,
      exists (select from retirement t where t.credential_id = r.replaces
        and t.rotation_id = r.id and t.done_at is null) as old_planned,
      exists (select from credential_change c
        where c.upstream = r.upstream and c.subject = r.subject
          and c.upstream_id = old.upstream_id and c.kind in ('DELETE', 'REVOKE')
          and c.state in ('PENDING', 'UNKNOWN')) as old_being_retired,
      """
          + RECONCILING
          + " as reconciling";

  /** The other tables that {@link #COLUMNS} read. */
  static final String JOINS =
      """
       left join credential made on made.id = r.credential_id
       left join credential old on old.id = r.replaces
       left join secret_delivery d on d.rotation_id = r.id
      """;

  private static final String SELECT = "select " + COLUMNS + " from rotation r" + JOINS;

  private final JdbcClient jdbc;

  RotationStatuses(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<RotationStatus> find(UUID rotation) {
    return jdbc.sql(SELECT + " where r.id = :id")
        .param("id", rotation)
        .query((row, _) -> status(row))
        .optional();
  }

  /** In no particular order. */
  List<RotationStatus> find(Collection<UUID> rotations) {
    return jdbc.sql(SELECT + " where r.id = any (:ids)")
        .param("ids", rotations.toArray(UUID[]::new))
        .query((row, _) -> status(row))
        .list();
  }

  /**
   * Reads a status that cannot change until the caller's transaction ends. Every transaction locks
   * in the same order: rotation, then retirements, then credentials.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  RotationStatus lock(UUID rotation) {
    lockRow(rotation);
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

  /** Locks the row of a rotation. Rows that refer to it by a foreign key can still be inserted. */
  @Transactional(propagation = Propagation.MANDATORY)
  void lockRow(UUID rotation) {
    jdbc.sql("select 1 from rotation where id = :id for no key update")
        .param("id", rotation)
        .query(Integer.class)
        .single();
  }

  /** Maps a row with {@link #COLUMNS}. */
  static RotationStatus status(ResultSet row) throws SQLException {
    Integer grace = row.getObject("grace_seconds", Integer.class);
    Known old = known(row, "old");
    String delivery = row.getString("delivery_state");
    return new RotationStatus(
        row.getObject("id", UUID.class),
        Rows.subject(row),
        row.getString("target"),
        MutationState.valueOf(row.getString("state")),
        known(row, "made"),
        old == null
            ? null
            : new OldCredential(
                old, row.getBoolean("old_planned"), row.getBoolean("old_being_retired")),
        new RotationTerms(
            new CredentialNaming(row.getString("name"), row.getString("description")),
            grace == null ? null : Duration.ofSeconds(grace),
            row.getBoolean("confirm_on_first_use")),
        new Decided(
            row.getBoolean("confirmed"),
            row.getBoolean("reverted"),
            row.getObject("reissued_as", UUID.class),
            row.getBoolean("being_reissued")),
        row.getObject("reissue_of", UUID.class),
        delivery == null ? null : DeliveryState.valueOf(delivery),
        row.getBoolean("reconciling"));
  }

  private static @Nullable Known known(ResultSet row, String which) throws SQLException {
    UUID id = row.getObject(which + "_id", UUID.class);
    return id == null
        ? null
        : new Known(
            id, PathId.of(row.getString(which + "_upstream_id")), row.getString(which + "_status"));
  }
}
