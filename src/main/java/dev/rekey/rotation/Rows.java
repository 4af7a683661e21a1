package dev.rekey.rotation;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads columns that several tables of this package have. */
final class Rows {

  private Rows() {}

  /** The subject in the columns {@code upstream} and {@code subject}. */
  static Subject subject(ResultSet row) throws SQLException {
    return new Subject(new UpstreamName(row.getString("upstream")), row.getString("subject"));
  }
}
