package dev.rekey.audit.chain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.BaseConnection;

/** Reads rows in PostgreSQL's binary COPY format ("File Formats" of its COPY page). */
public final class CopyRows implements AutoCloseable {

  private static final int HEADER_BYTES = 11 + 4 + 4;
  private static final int MAX_FIELDS = 64;

  private final CopyOut copy;
  private final int[] starts = new int[MAX_FIELDS];
  private final int[] lengths = new int[MAX_FIELDS];
  private ByteBuffer row = ByteBuffer.allocate(0);
  private boolean headerSeen;

  /** Starts the query; it must not contain untrusted text, because COPY takes no parameters. */
  public CopyRows(BaseConnection connection, String query) throws SQLException {
    copy = new CopyManager(connection).copyOut("copy (" + query + ") to stdout (format binary)");
  }

  /** Moves to the next row; false if there is none. */
  public boolean next() throws SQLException {
    byte[] data = copy.readFromCopy();
    if (data == null) {
      return false;
    }
    int at = headerSeen ? 0 : HEADER_BYTES;
    headerSeen = true;
    row = ByteBuffer.wrap(data);
    int fields = row.getShort(at);
    if (fields < 0) {
      return next();
    }
    at += 2;
    for (int i = 0; i < fields; i++) {
      lengths[i] = row.getInt(at);
      starts[i] = at + 4;
      at = starts[i] + Math.max(0, lengths[i]);
    }
    return true;
  }

  public boolean isNull(int field) {
    return lengths[field] < 0;
  }

  public long int64(int field) {
    return row.getLong(starts[field]);
  }

  public Instant time(int field) {
    return CanonicalBytes.instant(int64(field));
  }

  public UUID uuid(int field) {
    return new UUID(row.getLong(starts[field]), row.getLong(starts[field] + 8));
  }

  public byte[] bytes(int field) {
    return Arrays.copyOfRange(row.array(), starts[field], starts[field] + lengths[field]);
  }

  public @Nullable String text(int field) {
    return isNull(field)
        ? null
        : new String(row.array(), starts[field], lengths[field], StandardCharsets.UTF_8);
  }

  /** The text of a {@code jsonb} column; skips its version byte. */
  public String json(int field) {
    return new String(row.array(), starts[field] + 1, lengths[field] - 1, StandardCharsets.UTF_8);
  }

  /** Whether a {@code jsonb} column is an empty list. */
  public boolean isEmptyList(int field) {
    return lengths[field] == 3 && row.get(starts[field] + 1) == '[';
  }

  /** Appends these fields, including the last one, without conversion. */
  public void appendTo(CanonicalBytes bytes, int first, int last) {
    bytes.raw(row.array(), starts[first] - 4, starts[last] + Math.max(0, lengths[last]));
  }

  /** Cancels the query if rows are left. */
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
