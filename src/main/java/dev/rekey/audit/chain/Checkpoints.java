package dev.rekey.audit.chain;

import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.SqlTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and inserts checkpoints. */
@Component
public class Checkpoints {

  private final JdbcClient jdbc;

  Checkpoints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Reads one page, newest first, after a position; null for the first page. */
  public List<Checkpoint> find(@Nullable Cursor after, int limit) {
    var query =
        jdbc.sql(
                """
                select * from audit_checkpoint%s order by taken_at desc, id desc limit :limit
                """
                    .formatted(after == null ? "" : " where (taken_at, id) < (:at, :id)"))
            .param("limit", limit);
    if (after != null) {
      query = query.param("at", SqlTime.of(after.at())).param("id", after.id());
    }
    return query.query((row, _) -> checkpoint(row)).list();
  }

  /** The newest checkpoint whose last event is at most {@code seq}. */
  public Optional<Checkpoint> newestUpTo(long seq) {
    return jdbc.sql(
            """
            select * from audit_checkpoint where seq <= :seq
            order by taken_at desc, id desc limit 1
            """)
        .param("seq", seq)
        .query((row, _) -> checkpoint(row))
        .optional();
  }

  static void insert(Connection connection, Checkpoint checkpoint) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into audit_checkpoint (id, taken_at, seq, count, head, key_id, signature)
            values (?, ?, ?, ?, ?, ?, ?)
            """)) {
      statement.setObject(1, checkpoint.id());
      statement.setObject(2, SqlTime.of(checkpoint.takenAt()));
      statement.setLong(3, checkpoint.seq());
      statement.setLong(4, checkpoint.count());
      statement.setBytes(5, checkpoint.headBytes());
      statement.setString(6, checkpoint.keyId());
      statement.setBytes(7, checkpoint.signatureBytes());
      statement.executeUpdate();
    }
  }

  static Checkpoint checkpoint(ResultSet row) throws SQLException {
    return new Checkpoint(
        row.getObject("id", UUID.class),
        SqlTime.instant(row, "taken_at"),
        row.getLong("seq"),
        row.getLong("count"),
        HexFormat.of().formatHex(row.getBytes("head")),
        row.getString("key_id"),
        Base64.getEncoder().encodeToString(row.getBytes("signature")));
  }
}
