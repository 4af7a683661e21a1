package dev.rekey.audit.chain;

import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** Computes the seals of a batch of events, and writes them. */
final class SealedBatch {

  // The COPY signature, no flags, no extension ("File Formats" of PostgreSQL's COPY page).
  private static final byte[] COPY_HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final byte[] SEAL_FIELDS = {0, 5};
  private static final byte[] COPY_END = {-1, -1};

  private final Chain chain = new Chain();
  private final CanonicalBytes canonical = new CanonicalBytes();
  private final CanonicalBytes seal = new CanonicalBytes();
  private final ByteArrayOutputStream seals = new ByteArrayOutputStream();
  private final Rollup rollup = new Rollup();
  private final Set<UUID> ids = new HashSet<>();
  private int size;
  private long seq;
  private byte[] head;
  private long lastXid;
  private UUID lastId = new UUID(0, 0);

  /** Starts after the event {@code seq}, at the chain hash {@code head}. */
  SealedBatch(long seq, byte[] head) {
    this.seq = seq;
    this.head = head;
    seals.writeBytes(COPY_HEADER);
  }

  /**
   * Seals the current row of {@link SealerState#unsealed}. Leaves out an event with the id of
   * another one: an id has one seal.
   */
  void add(CopyRows event) {
    size++;
    if (!ids.add(event.uuid(EventColumns.ID))) {
      return;
    }
    byte[] rowHash = chain.row(EventColumns.canonical(event, canonical).view());
    head = chain.link(rowHash, head);
    seq++;
    lastId = event.uuid(EventColumns.ID);
    lastXid = event.int64(EventColumns.COUNT);
    seal.clear()
        .int64(seq)
        .uuid(lastId)
        .time(event.time(EventColumns.OCCURRED_AT))
        .bytes(rowHash)
        .bytes(head);
    seals.writeBytes(SEAL_FIELDS);
    seals.writeBytes(seal.toByteArray());
    rollup.add(event);
  }

  /** The number of rows added. */
  int size() {
    return size;
  }

  long seq() {
    return seq;
  }

  byte[] head() {
    return head;
  }

  /** The id of the transaction that appended the last event. */
  String lastXid() {
    return Long.toUnsignedString(lastXid);
  }

  UUID lastId() {
    return lastId;
  }

  void write(BaseConnection connection) throws SQLException {
    rollup.write(connection);
    seals.writeBytes(COPY_END);
    byte[] bytes = seals.toByteArray();
    CopyIn copy =
        new CopyManager(connection)
            .copyIn(
                "copy audit_seal (seq, event_id, occurred_at, row_hash, chain_hash) from stdin"
                    + " (format binary)");
    copy.writeToCopy(bytes, 0, bytes.length);
    copy.endCopy();
  }
}
