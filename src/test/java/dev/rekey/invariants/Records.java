package dev.rekey.invariants;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rekey's records since some time.
 *
 * @param attempts oldest first
 * @param events the types of each rotation's events, oldest first
 * @param backfilled the rotations with an event that was recorded late
 * @param retired the upstream ids of credentials that were to be deleted or revoked
 */
record Records(
    List<Rotation> rotations,
    List<Attempt> attempts,
    Map<UUID, List<String>> events,
    Set<UUID> backfilled,
    List<InventoryEntry> inventory,
    Set<String> retired) {

  record Rotation(UUID id, String upstream, String subject, String state) {}

  /**
   * One mint call.
   *
   * @param made the credential that it made, if that is known
   * @param isDue whether the reconciler is to check it
   */
  record Attempt(
      UUID id,
      UUID rotation,
      String upstream,
      String subject,
      String state,
      @Nullable String made,
      boolean isDue) {

    boolean isOf(String name) {
      return upstream.equals(name);
    }

    boolean is(String expected) {
      return state.equals(expected);
    }
  }

  private record Event(UUID rotation, String type) {}

  /** A credential in the inventory, and the rotation that made it. */
  record InventoryEntry(
      String upstream, String subject, String upstreamId, UUID rotation, String status) {

    boolean isActiveAt(String name) {
      return upstream.equals(name) && status.equals("ACTIVE");
    }
  }

  static Records of(PostgresServer postgres, Instant since) {
    try (var connection = postgres.connectAsSuperuser()) {
      var query = new Query(connection, since);
      return new Records(
          rotations(query),
          attempts(query),
          events(query),
          backfilled(query),
          inventory(query),
          retired(query));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Rotation> rotations(Query query) throws SQLException {
    return query.rows(
        "select id, upstream, subject, state from rotation where requested_at >= ?",
        row ->
            new Rotation(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getString(4)));
  }

  private static List<Attempt> attempts(Query query) throws SQLException {
    return query.rows(
        """
        select a.id, r.id, r.upstream, r.subject, a.state, a.upstream_id,
          a.next_check_at is not null
        from rotation_attempt a join rotation r on r.id = a.rotation_id
        where r.requested_at >= ? order by a.started_at
        """,
        row ->
            new Attempt(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getBoolean(7)));
  }

  private static Map<UUID, List<String>> events(Query query) throws SQLException {
    return query
        .rows(
            """
            select e.rotation_id, e.type
            from audit_event e join rotation r on r.id = e.rotation_id
            where r.requested_at >= ? order by e.occurred_at, e.id
            """,
            row -> new Event(row.getObject(1, UUID.class), row.getString(2)))
        .stream()
        .collect(groupingBy(Event::rotation, mapping(Event::type, toList())));
  }

  private static Set<UUID> backfilled(Query query) throws SQLException {
    return Set.copyOf(
        query.rows(
            """
            select distinct r.id from audit_event e join rotation r on r.id = e.rotation_id
            where r.requested_at >= ? and e.backfilled
            """,
            row -> row.getObject(1, UUID.class)));
  }

  private static List<InventoryEntry> inventory(Query query) throws SQLException {
    return query.rows(
        """
        select c.upstream, c.subject, c.upstream_id, r.id, c.status
        from credential c join rotation r on r.id = c.rotation_id where r.requested_at >= ?
        """,
        row ->
            new InventoryEntry(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getObject(4, UUID.class),
                row.getString(5)));
  }

  private static Set<String> retired(Query query) throws SQLException {
    return Set.copyOf(
        query.rows(
            """
            select upstream_id from credential_change
            where requested_at >= ? and kind in ('DELETE', 'REVOKE')
              and state in ('SUCCEEDED', 'UNKNOWN')
            """,
            row -> row.getString(1)));
  }

  private record Query(Connection connection, Instant since) {

    private interface Reader<T> {
      T read(ResultSet row) throws SQLException;
    }

    <T> List<T> rows(String sql, Reader<T> reader) throws SQLException {
      try (var statement = connection.prepareStatement(sql)) {
        statement.setObject(1, since.atOffset(ZoneOffset.UTC));
        var rows = new ArrayList<T>();
        try (var result = statement.executeQuery()) {
          while (result.next()) {
            rows.add(reader.read(result));
          }
        }
        return rows;
      }
    }
  }
}
