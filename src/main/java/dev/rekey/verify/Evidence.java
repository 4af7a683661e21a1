package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The input of a verification: a database, or an export. */
interface Evidence extends AutoCloseable {

  /** Starts at the first event, with copies of checkpoints from outside, by seq. */
  VerifiedChain begin(List<CheckedCheckpoint> copies) throws SQLException, IOException;

  /** Starts after a checkpoint; returns a finding if the chain contradicts it. */
  @Nullable Finding beginAfter(CheckedCheckpoint checkpoint) throws SQLException, IOException;

  /** Reads the next part of the chain; null after the last. */
  @Nullable Batch next() throws SQLException, IOException;

  /** The links of the following part; empty after the last. */
  List<Link> lookAhead() throws SQLException, IOException;

  /** Extends the end to events that were sealed since; false if there are none. */
  boolean extend() throws SQLException, IOException;

  MissingEventCheck missingEvents();

  long expectedLast();

  /** Checks the end of the chain, once all its links are valid; null if nothing is wrong. */
  @Nullable Finding checkEnd(VerifiedChain chain) throws SQLException, IOException;

  /** Additional information about a verified chain, one sentence each. */
  List<String> notes(VerifiedChain chain);

  @Override
  void close() throws SQLException, IOException;
}
