package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.EventColumns;
import dev.rekey.audit.chain.VerifyingKeys;
import dev.rekey.verify.Evidence.Batch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Reads parts of the chain with one connection, in short statements. Not thread-safe. */
final class RangeReader implements AutoCloseable {

  /** Selects the checkpoints of a table {@code c}. */
  static final String CHECKPOINTS =
      "select c.id, c.taken_at, c.seq, c.count, c.head, c.key_id, c.signature"
          + " from audit_checkpoint c";

  private static final byte[] NONE = {};

  private final BaseConnection connection;
  private final VerifyingKeys keys;
  private final StoredEvents stored = new StoredEvents();

  RangeReader(BaseConnection connection, VerifyingKeys keys) {
    this.connection = connection;
    this.keys = keys;
  }

  /** A range of seqs, both ends included. */
  record Range(long from, long to) {

    /** A condition on the seq of a table; seqs below 1 are faulty, and included at the start. */
    private String condition(String table) {
      return from <= 1
          ? "%s.seq <= %d".formatted(table, to)
          : "%s.seq between %d and %d".formatted(table, from, to);
    }
  }

  Batch read(Range links, Range checkpoints) throws SQLException {
    List<Link> found = links(links);
    return new Batch(found, checkpoints(checkpoints), events(found));
  }

  private List<Link> links(Range range) throws SQLException {
    var links = new ArrayList<Link>();
    String query =
        "select s.seq, s.event_id, s.occurred_at, s.row_hash, s.chain_hash from audit_seal s where "
            + range.condition("s")
            + " order by s.seq";
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        links.add(
            new Link(rows.int64(0), id(rows, 1), rows.int64(2), hash(rows, 3), hash(rows, 4)));
      }
    }
    return links;
  }

  // Columns are null only if an attacker removed the constraints.
  private static @Nullable UUID id(CopyRows rows, int field) {
    return rows.isNull(field) ? null : rows.uuid(field);
  }

  private static byte[] hash(CopyRows rows, int field) {
    return rows.isNull(field) ? NONE : rows.bytes(field);
  }

  private List<CheckedCheckpoint> checkpoints(Range range) throws SQLException {
    var checkpoints = new ArrayList<CheckedCheckpoint>();
    String query =
        CHECKPOINTS + " where " + range.condition("c") + " order by c.seq, c.taken_at, c.id";
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        checkpoint(rows, keys).addTo(checkpoints);
      }
    }
    return checkpoints;
  }

  /** The current row of {@link #CHECKPOINTS}, with its signature checked. */
  static CheckedCheckpoint checkpoint(CopyRows rows, VerifyingKeys keys) {
    var checkpoint =
        new Checkpoint(
            rows.uuid(0),
            rows.time(1),
            rows.int64(2),
            rows.int64(3),
            HexFormat.of().formatHex(hash(rows, 4)),
            String.valueOf(rows.text(5)),
            Base64.getEncoder().encodeToString(hash(rows, 6)));
    return CheckedCheckpoint.of(checkpoint, "in the database", keys);
  }

  /** Sets the event hashes of the links; returns the dropped partitions that the events record. */
  private List<PartitionDrop> events(List<Link> links) throws SQLException {
    var drops = new ArrayList<PartitionDrop>();
    String query = EventQuery.query(links);
    if (query == null) {
      return drops;
    }
    Map<UUID, Link> byEvent = new HashMap<>();
    for (Link link : links) {
      if (link.id != null) {
        byEvent.putIfAbsent(link.id, link);
      }
    }
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        Link link = byEvent.get(rows.uuid(EventColumns.ID));
        if (link != null && link.occurredAt == rows.int64(EventColumns.OCCURRED_AT)) {
          stored.read(rows, link).ifPresent(drops::add);
        }
      }
    }
    return drops;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
