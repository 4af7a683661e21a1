package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.Chain;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.VerifyingKeys;
import dev.rekey.verify.Finding.Missing;
import dev.rekey.verify.Finding.Unsigned;
import dev.rekey.verify.RangeReader.Range;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The chain in the database, up to where it was at the start. It is read in short statements by
 * several connections, so that no snapshot is held for long.
 */
final class DatabaseEvidence implements Evidence {

  private static final int RANGE = 20_000;
  private static final int READERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);

  private static final Duration SEALED_WITHIN = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final BaseConnection connection;
  private final VerifyingKeys keys;
  private final SealerPosition sealer;
  private final Absences absences;
  private final BlockingQueue<RangeReader> readers = new ArrayBlockingQueue<>(READERS);
  private final InOrder<Batch> batches = new InOrder<>(READERS);
  private @Nullable Instant since;
  private long through;
  private boolean hasGrown;
  private long waiting;

  DatabaseEvidence(Database database, VerifyingKeys keys) throws SQLException {
    this.keys = keys;
    this.connection = database.connect();
    this.sealer = SealerPosition.read(connection);
    this.absences = new Absences(connection);
    this.through = sealer.lastSeq();
    for (int i = 0; i < READERS; i++) {
      readers.add(new RangeReader(database.connect(), keys));
    }
  }

  @Override
  public Followed begin(List<Voucher> copies) {
    batches.addAll(parts(1));
    return new Followed(0, Chain.start(), copies, null);
  }

  @Override
  public @Nullable Finding beginBehind(Voucher voucher) throws SQLException {
    since = voucher.checkpoint().takenAt();
    String head = chainHash(voucher.seq());
    if (head == null) {
      return voucher.seq() > through
          ? Vouching.beyond(voucher, through)
          : new Missing(voucher.seq(), null, "There is no seq " + voucher.seq() + ".");
    }
    if (!head.equals(voucher.checkpoint().head())) {
      return Vouching.recomputed(voucher, 0);
    }
    batches.addAll(parts(voucher.seq() + 1));
    return null;
  }

  private @Nullable String chainHash(long seq) throws SQLException {
    if (seq == 0) {
      return HexFormat.of().formatHex(Chain.start());
    }
    try (var statement =
        connection.prepareStatement("select chain_hash from audit_seal where seq = ?")) {
      statement.setLong(1, seq);
      try (var row = statement.executeQuery()) {
        return row.next() ? HexFormat.of().formatHex(row.getBytes(1)) : null;
      }
    }
  }

  /** Reads the chain from there, and the checkpoints from the place before. */
  private Iterator<Callable<Batch>> parts(long from) {
    return LongStream.iterate(
            from, start -> start == from || start <= through, start -> start + RANGE)
        .<Callable<Batch>>mapToObj(
            start -> {
              long to = Math.min(start + RANGE - 1, through);
              var links = new Range(start, to);
              return () -> read(links, start == from ? new Range(start - 1, to) : links);
            })
        .iterator();
  }

  private Batch read(Range links, Range vouchers) throws SQLException, InterruptedException {
    RangeReader reader = readers.take();
    try {
      return reader.read(links, vouchers);
    } finally {
      readers.add(reader);
    }
  }

  @Override
  public @Nullable Batch next() throws SQLException, IOException {
    return batches.next();
  }

  @Override
  public List<Link> ahead() throws SQLException, IOException {
    Batch next = batches.peek();
    return next == null ? List.of() : next.links();
  }

  @Override
  public boolean hasGrown() throws SQLException, IOException {
    if (hasGrown) {
      return false;
    }
    awaitDrops();
    long before = through;
    through = SealerPosition.read(connection).lastSeq();
    batches.addAll(parts(before + 1));
    hasGrown = through > before;
    return hasGrown;
  }

  /** Until events that say that a month was dropped are sealed, if there are any that are not. */
  private void awaitDrops() throws SQLException, IOException {
    long end = System.nanoTime() + SEALED_WITHIN.toNanos();
    try (var statement =
        connection.prepareStatement(
            "select from audit_event e where e.type = ? and " + Unsealed.NO_SEAL)) {
      statement.setString(1, Drop.TYPE);
      while (System.nanoTime() < end && isThere(statement)) {
        Thread.sleep(LOOK_AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static boolean isThere(PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      return rows.next();
    }
  }

  @Override
  public Absence absence() {
    return absences;
  }

  @Override
  public long through() {
    return through;
  }

  @Override
  public @Nullable Finding besides(Followed chain) throws SQLException {
    Finding finding = beyond();
    if (finding == null) {
      finding = chain.vouching().beyond(chain.last());
    }
    return finding == null ? unsealed(chain) : finding;
  }

  /** Looks for a checkpoint behind the chain's end, as it is by now. */
  private @Nullable Finding beyond() throws SQLException {
    String query =
        RangeReader.CHECKPOINTS
            + " where c.seq > (select coalesce(max(s.seq), 0) from audit_seal s)"
            + " order by c.seq, c.taken_at limit 1";
    try (var rows = new CopyRows(connection, query)) {
      return rows.next() ? Vouching.beyond(RangeReader.voucher(rows, keys), through) : null;
    }
  }

  private @Nullable Finding unsealed(Followed chain) throws SQLException {
    var unsealed = new Unsealed(connection, sealer);
    Finding finding = null;
    if (since != null && sealer.isKnown()) {
      finding = unsealed.inserted(since);
    } else if (sealer.isKnown() && unsealed.passed() != chain.seen()) {
      finding = unsealed.inserted(null);
      finding = finding == null ? unsealed.twice() : finding;
    }
    return finding == null ? overdue(chain.vouching(), unsealed.waiting()) : finding;
  }

  private @Nullable Finding overdue(Vouching vouching, Unsealed.Waiting left) {
    waiting = left.events();
    long newest = left.newest() == null ? Long.MIN_VALUE : CanonicalBytes.micros(left.newest());
    Finding finding = vouching.overdue(newest);
    if (finding != null || left.oldest() == null || !vouching.isOverdue(left.oldest(), newest)) {
      return finding;
    }
    return new Unsigned(
        0,
        null,
        "%d events have no seal, though the oldest of them is of %s: they are sealed every second."
            .formatted(left.events(), left.oldest()));
  }

  @Override
  public List<String> remarks(Followed chain) {
    List<String> late = chain.vouching().late();
    return waiting == 0
        ? late
        : Stream.concat(Stream.of(waiting + " events have no seal yet."), late.stream()).toList();
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
