package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.EventColumns;
import dev.rekey.audit.chain.VerifyingKeys;
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

/** Reads parts of the chain by one connection, each by a few short statements. For one thread. */
final class RangeReader implements AutoCloseable {

  /** Of a table {@code c}. */
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

  /** Both ends are included. */
  record Range(long from, long to) {

    /** Of a table {@code x} with a {@code seq}. Below the chain's start there is nothing to be. */
    private String of(String table) {
      return from <= 1
          ? "%s.seq <= %d".formatted(table, to)
          : "%s.seq between %d and %d".formatted(table, from, to);
    }
  }

  Batch read(Range links, Range vouchers) throws SQLException {
    List<Link> found = links(links);
    return new Batch(found, vouchers(vouchers), events(found));
  }

  private List<Link> links(Range range) throws SQLException {
    var links = new ArrayList<Link>();
    String query =
        "select s.seq, s.event_id, s.occurred_at, s.row_hash, s.chain_hash from audit_seal s where "
            + range.of("s")
            + " order by s.seq";
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        links.add(
            new Link(rows.int64(0), id(rows, 1), rows.int64(2), hash(rows, 3), hash(rows, 4)));
      }
    }
    return links;
  }

  // Columns are null only where somebody has taken the constraints away.
  private static @Nullable UUID id(CopyRows rows, int field) {
    return rows.isNull(field) ? null : rows.uuid(field);
  }

  private static byte[] hash(CopyRows rows, int field) {
    return rows.isNull(field) ? NONE : rows.bytes(field);
  }

  private List<Voucher> vouchers(Range range) throws SQLException {
    var vouchers = new ArrayList<Voucher>();
    String query = CHECKPOINTS + " where " + range.of("c") + " order by c.seq, c.taken_at, c.id";
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        voucher(rows, keys).addTo(vouchers);
      }
    }
    return vouchers;
  }

  /** The current row of {@link #CHECKPOINTS}. */
  static Voucher voucher(CopyRows rows, VerifyingKeys keys) {
    var checkpoint =
        new Checkpoint(
            rows.uuid(0),
            rows.time(1),
            rows.int64(2),
            rows.int64(3),
            HexFormat.of().formatHex(hash(rows, 4)),
            String.valueOf(rows.text(5)),
            Base64.getEncoder().encodeToString(hash(rows, 6)));
    return Voucher.of(checkpoint, "in the database", keys);
  }

  /** Tells the links what their events hash to. */
  private List<Drop> events(List<Link> links) throws SQLException {
    var drops = new ArrayList<Drop>();
    String query = Windows.query(links);
    if (query == null) {
      return drops;
    }
    var places = new Places(links);
    try (var rows = new CopyRows(connection, query)) {
      while (rows.next()) {
        Link link = places.of(rows.uuid(EventColumns.ID));
        if (link != null && link.occurredAt == rows.int64(EventColumns.OCCURRED_AT)) {
          stored.found(rows, link).ifPresent(drops::add);
        }
      }
    }
    return drops;
  }

  /** Finds links by their events, which mostly come in the order of the links. */
  private static final class Places {

    private final List<Link> links;
    private int next;
    private Map<UUID, Link> byId = Map.of();

    Places(List<Link> links) {
      this.links = links;
    }

    @Nullable Link of(UUID event) {
      if (next < links.size() && event.equals(links.get(next).id)) {
        return links.get(next++);
      }
      if (byId.isEmpty()) {
        byId = byId();
      }
      return byId.get(event);
    }

    private Map<UUID, Link> byId() {
      Map<UUID, Link> map = HashMap.newHashMap(links.size());
      for (Link link : links) {
        if (link.id != null) {
          map.putIfAbsent(link.id, link);
        }
      }
      return map;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
