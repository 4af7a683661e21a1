package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.Chain;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.VerifyingKeys;
import dev.rekey.verify.Evidence.Batch;
import dev.rekey.verify.Finding.Kind;
import dev.rekey.verify.RangeReader.Range;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Reads the chain in short statements, so that no snapshot is held for long. */
final class DatabaseEvidence implements Evidence {

  private static final int RANGE = 20_000;
  private static final int READERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);

  private static final Duration MAX_SEAL_TIME = Duration.ofSeconds(5);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  private final BaseConnection connection;
  private final VerifyingKeys keys;
  private final SealerPosition sealer;
  private final MissingEventSearch missingEvents;
  private final BlockingQueue<RangeReader> readers = new ArrayBlockingQueue<>(READERS);
  private final OrderedTasks<Batch> batches = new OrderedTasks<>(READERS);
  private @Nullable Instant resumedAt;
  private long expectedLast;
  private final long startedAt = System.nanoTime();
  private boolean extended;
  private final List<String> notes = new ArrayList<>();

  DatabaseEvidence(String url, Map<String, String> environment, VerifyingKeys keys)
      throws SQLException {
    this.keys = keys;
    this.connection = Database.connect(url, environment);
    this.sealer = SealerPosition.read(connection);
    this.missingEvents = new MissingEventSearch(connection);
    this.expectedLast = sealer.lastSeq();
    for (int i = 0; i < READERS; i++) {
      readers.add(new RangeReader(Database.connect(url, environment), keys));
    }
  }

  @Override
  public VerifiedChain begin(List<CheckedCheckpoint> copies) {
    batches.addAll(parts(1));
    return new VerifiedChain(0, Chain.start(), copies, null);
  }

  @Override
  public @Nullable Finding beginAfter(CheckedCheckpoint checkpoint) throws SQLException {
    resumedAt = checkpoint.checkpoint().takenAt();
    String head = chainHash(checkpoint.seq());
    if (head == null) {
      return checkpoint.seq() > expectedLast
          ? CheckpointCoverage.beyond(checkpoint, expectedLast)
          : Kind.MISSING.at(checkpoint.seq(), "Seq " + checkpoint.seq() + " is missing.");
    }
    if (!head.equals(checkpoint.checkpoint().head())) {
      return CheckpointCoverage.recomputed(checkpoint, 0);
    }
    batches.addAll(parts(checkpoint.seq() + 1));
    return null;
  }

  private @Nullable String chainHash(long seq) throws SQLException {
    if (seq == 0) {
      return HexFormat.of().formatHex(Chain.start());
    }
    return Database.query(
        connection,
        "select chain_hash from audit_seal where seq = ?",
        row -> row.next() ? HexFormat.of().formatHex(row.getBytes(1)) : null,
        seq);
  }

  /** Tasks that read the chain from a seq, and the checkpoints from the seq before it. */
  private Iterator<Callable<Batch>> parts(long from) {
    return LongStream.iterate(
            from, start -> start == from || start <= expectedLast, start -> start + RANGE)
        .<Callable<Batch>>mapToObj(
            start -> {
              long to = Math.min(start + RANGE - 1, expectedLast);
              var links = new Range(start, to);
              return () -> read(links, start == from ? new Range(start - 1, to) : links);
            })
        .iterator();
  }

  private Batch read(Range links, Range checkpoints) throws SQLException, InterruptedException {
    RangeReader reader = readers.take();
    try {
      return reader.read(links, checkpoints);
    } finally {
      readers.add(reader);
    }
  }

  @Override
  public @Nullable Batch next() throws SQLException, IOException {
    return batches.next();
  }

  @Override
  public List<Link> lookAhead() throws SQLException, IOException {
    Batch next = batches.peek();
    return next == null ? List.of() : next.links();
  }

  @Override
  public boolean extend() throws SQLException, IOException {
    if (extended) {
      return false;
    }
    awaitSealedDrops();
    long before = expectedLast;
    expectedLast = SealerPosition.read(connection).lastSeq();
    batches.addAll(parts(before + 1));
    extended = expectedLast > before;
    return extended;
  }

  /** Waits until all recorded drops are sealed. */
  private void awaitSealedDrops() throws SQLException, IOException {
    long end = System.nanoTime() + MAX_SEAL_TIME.toNanos();
    String query = "select from audit_event e where e.type = ? and " + SealerPosition.NO_SEAL;
    try {
      while (System.nanoTime() < end
          && Database.query(connection, query, ResultSet::next, PartitionDrop.TYPE)) {
        Thread.sleep(POLL_INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public MissingEvents missingEvents() {
    return missingEvents;
  }

  @Override
  public long expectedLast() {
    return expectedLast;
  }

  @Override
  public Instant now() {
    return sealer.now().plusNanos(System.nanoTime() - startedAt);
  }

  @Override
  public @Nullable Finding checkEnd(VerifiedChain chain) throws SQLException {
    Finding finding = beyond();
    if (finding == null) {
      finding = chain.coverage.beyond(chain.last());
    }
    return finding == null ? unsealed(chain) : finding;
  }

  /** Searches for a checkpoint after the current end of the chain. */
  private @Nullable Finding beyond() throws SQLException {
    String query =
        RangeReader.CHECKPOINTS
            + " where c.seq > (select coalesce(max(s.seq), 0) from audit_seal s)"
            + " order by c.seq, c.taken_at limit 1";
    try (var rows = new CopyRows(connection, query)) {
      return rows.next()
          ? CheckpointCoverage.beyond(RangeReader.checkpoint(rows, keys), expectedLast)
          : null;
    }
  }

  private @Nullable Finding unsealed(VerifiedChain chain) throws SQLException {
    Finding finding = null;
    if (resumedAt != null && sealer.isKnown()) {
      finding = sealer.inserted(connection, resumedAt);
    } else if (sealer.isKnown() && sealer.countSealable(connection) != chain.verifiedEvents()) {
      finding = sealer.inserted(connection, null);
      finding = finding == null ? SealerPosition.sealedTwice(connection) : finding;
    }
    return finding == null ? overdue(chain.coverage, sealer.pending(connection)) : finding;
  }

  private @Nullable Finding overdue(CheckpointCoverage coverage, SealerPosition.Pending unsealed) {
    notes.addAll(unsealed.notes());
    long newest =
        unsealed.newest() == null ? Long.MIN_VALUE : CanonicalBytes.micros(unsealed.newest());
    Finding finding = coverage.unsigned(newest);
    if (finding != null
        || unsealed.oldest() == null
        || !coverage.isOverdue(unsealed.oldest(), newest)) {
      return finding;
    }
    return Kind.UNSIGNED.at(
        0,
        "%d events have no seal, although the oldest of them is of %s: events are sealed every second."
            .formatted(unsealed.events(), unsealed.oldest()));
  }

  @Override
  public List<String> notes(VerifiedChain chain) {
    return Stream.of(notes, chain.coverage.future.notes(), chain.coverage.late.notes())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public void close() throws SQLException {
    batches.close();
    for (RangeReader reader : readers) {
      reader.close();
    }
    connection.close();
  }
}
