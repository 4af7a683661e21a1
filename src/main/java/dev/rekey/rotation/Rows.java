package dev.rekey.rotation;

import dev.rekey.upstream.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads columns that several tables of this package have. */
final class Rows {

  private Rows() {}

  /** The subject in the columns {@code upstream} and {@code subject}. */
  static Subject subject(ResultSet row) throws SQLException {
    return Subject.of(row.getString("upstream"), row.getString("subject"));
  }
}
