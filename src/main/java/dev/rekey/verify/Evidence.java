package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The input of a verification: a database, or an export. */
interface Evidence extends AutoCloseable {

  /** Consecutive links, the checkpoints among them by seq, and the drops that events record. */
  record Batch(List<Link> links, List<CheckedCheckpoint> checkpoints, List<PartitionDrop> drops) {}

  /** Explains why events are not where their seals say. */
  interface MissingEvents {

    /** Why an event is missing; null if its whole month is gone. */
    default @Nullable Finding explain(Link link) throws SQLException {
      return null;
    }

    /** The first event of these seqs that exists although its seal's month is gone. */
    default @Nullable Finding changedSeal(long first, long last) throws SQLException {
      return null;
    }
  }

  /** For an export, whose lines say which events it could not read. */
  MissingEvents ARE_DROPPED = new MissingEvents() {};

  /** Starts at the first event, with copies of checkpoints from outside, by seq. */
  VerifiedChain begin(List<CheckedCheckpoint> copies);

  /** Starts after a checkpoint; returns a finding if the chain contradicts it. */
  @Nullable Finding beginAfter(CheckedCheckpoint checkpoint) throws SQLException, IOException;

  /** Reads the next part of the chain; null after the last. */
  @Nullable Batch next() throws SQLException, IOException;

  /** The links of the following part; empty after the last. */
  List<Link> lookAhead() throws SQLException, IOException;

  /** Extends the end to events that were sealed since; false if there are none. */
  default boolean extend() throws SQLException, IOException {
    return false;
  }

  default MissingEvents missingEvents() {
    return ARE_DROPPED;
  }

  long expectedLast();

  /** The time at which the events were read. */
  Instant now();

  /** Checks the end of the chain, once all its links are valid; null if nothing is wrong. */
  @Nullable Finding checkEnd(VerifiedChain chain) throws SQLException, IOException;

  /** Additional information about a verified chain, one sentence each. */
  default List<String> notes(VerifiedChain chain) {
    return List.of();
  }

  @Override
  void close() throws SQLException, IOException;
}
