package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is verified: a database, or an export of one. */
interface Evidence extends AutoCloseable {

  /**
   * Begins where the evidence does.
   *
   * @param copies checkpoints from elsewhere, by seq
   */
  Followed begin(List<Voucher> copies) throws SQLException, IOException;

  /** Begins behind a checkpoint instead, unless the chain contradicts it. */
  @Nullable Finding beginBehind(Voucher voucher) throws SQLException, IOException;

  /** The chain's next part; null after the last. */
  @Nullable Batch next() throws SQLException, IOException;

  /** The links of the part after that one; none after the last. */
  List<Link> ahead() throws SQLException, IOException;

  /** Whether the chain has grown since; there is a next part again, then. */
  boolean hasGrown() throws SQLException, IOException;

  /** What can be found out about events that are not there. */
  Absence absence();

  /** The last seq that there should be, as far as is known beforehand. */
  long through();

  /** What is wrong although the chain is sound in itself; null if nothing is. */
  @Nullable Finding besides(Followed chain) throws SQLException, IOException;

  /** What else there is to say once nothing was wrong. */
  List<String> remarks(Followed chain);

  @Override
  void close() throws SQLException, IOException;
}
