package dev.rekey.audit.chain;

import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
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
    return query.query(Checkpoints::checkpoint).list();
  }

  /** The newest checkpoint whose last event is at most {@code seq}. */
  public Optional<Checkpoint> newestUpTo(long seq) {
    return jdbc.sql(
            """
            select * from audit_checkpoint where seq <= :seq
            order by taken_at desc, id desc limit 1
            """)
        .param("seq", seq)
        .query(Checkpoints::checkpoint)
        .optional();
  }

  static void insert(JdbcTemplate jdbc, Checkpoint checkpoint) {
    jdbc.update(
        """
        insert into audit_checkpoint (id, taken_at, seq, count, head, key_id, signature)
        values (?, ?, ?, ?, ?, ?, ?)
        """,
        checkpoint.id(),
        SqlTime.of(checkpoint.takenAt()),
        checkpoint.seq(),
        checkpoint.count(),
        checkpoint.headBytes(),
        checkpoint.keyId(),
        checkpoint.signatureBytes());
  }

  static Checkpoint checkpoint(ResultSet row, int number) throws SQLException {
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
