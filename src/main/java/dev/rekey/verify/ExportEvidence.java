package dev.rekey.verify;

import dev.rekey.audit.chain.VerifyingKeys;
import dev.rekey.verify.ExportLines.Header;
import dev.rekey.verify.ExportLines.Trailer;
import dev.rekey.verify.Finding.Changed;
import dev.rekey.verify.Finding.Truncated;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The chain in an export, which is read once from its start to its end. */
final class ExportEvidence implements Evidence {

  private static final int READERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);

  private final InputStream in;
  private final ExportParts parts;
  private final Header header;
  private final byte[] previousHash;
  private final InOrder<Batch> batches = new InOrder<>(READERS);
  private final @Nullable Voucher own;
  private List<Voucher> unread = List.of();
  private long lines;
  private @Nullable Voucher resumed;
  private @Nullable Finding contradiction;

  /** Throws {@link IOException} if it is none, or one from which no chain can be proven. */
  ExportEvidence(InputStream in, VerifyingKeys keys) throws IOException {
    this.in = in;
    this.parts = new ExportParts(in);
    this.header = header(parts.header());
    this.previousHash = previousHash(header);
    this.own =
        header.checkpoint() == null ? null : Voucher.of(header.checkpoint(), "in the header", keys);
    batches.addAll(parts);
  }

  private static Header header(byte[] line) throws IOException {
    Header header = ExportLines.header(line);
    if (header == null) {
      throw new IOException("the first line is not the header of an export of the history");
    }
    return header;
  }

  private static byte[] previousHash(Header header) throws IOException {
    if (!header.verifiable() || header.previousHash() == null) {
      throw new IOException(
          "the export was made with a filter: it has gaps by design, and no chain can be proven"
              + " from it");
    }
    try {
      return HexFormat.of().parseHex(header.previousHash());
    } catch (IllegalArgumentException e) {
      throw new IOException("the header's previousHash is no hash", e);
    }
  }

  @Override
  public Followed begin(List<Voucher> copies) {
    expectOwn(header.afterSeq());
    return new Followed(header.afterSeq(), previousHash, copies, null);
  }

  /** What lies before the place where it begins vouches for nothing here, if it is genuine. */
  private void expectOwn(long after) {
    if (own != null && (own.seq() >= after || !own.isGenuine())) {
      unread = List.of(own);
    }
  }

  @Override
  public @Nullable Finding beginBehind(Voucher voucher) throws IOException {
    if (voucher.seq() < header.afterSeq()) {
      throw new IOException(
          "the export begins behind seq %d, but the newest of the checkpoints is of seq %d"
              .formatted(header.afterSeq(), voucher.seq()));
    }
    expectOwn(voucher.seq());
    if (voucher.seq() > header.afterSeq()) {
      resumed = voucher;
      return null;
    }
    return contradiction(voucher, previousHash);
  }

  private static @Nullable Finding contradiction(Voucher voucher, byte[] head) {
    return Arrays.equals(voucher.checkpoint().headBytes(), head)
        ? null
        : Vouching.recomputed(voucher, 0);
  }

  @Override
  public @Nullable Batch next() throws SQLException, IOException {
    Batch batch = contradiction == null ? read(batches::next) : null;
    if (batch == null) {
      return unread.isEmpty() ? null : new Batch(List.of(), taken(), List.of());
    }
    lines += batch.links().size();
    List<Link> links = resumed == null ? batch.links() : behind(resumed, batch.links());
    return new Batch(links, taken(), batch.drops());
  }

  private List<Voucher> taken() {
    List<Voucher> taken = unread;
    unread = List.of();
    return taken;
  }

  /** Which of them are behind the place of a checkpoint; none if that is not among them. */
  private List<Link> behind(Voucher voucher, List<Link> links) {
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).seq == voucher.seq()) {
        resumed = null;
        contradiction = contradiction(voucher, links.get(i).chainHash);
        return contradiction == null ? links.subList(i + 1, links.size()) : List.of();
      }
    }
    return List.of();
  }

  @Override
  public List<Link> ahead() throws SQLException, IOException {
    Batch next = read(batches::peek);
    return next == null ? List.of() : next.links();
  }

  private interface Reading {
    @Nullable Batch read() throws SQLException, IOException;
  }

  private static @Nullable Batch read(Reading reading) throws SQLException, IOException {
    try {
      return reading.read();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean hasGrown() {
    return false;
  }

  @Override
  public Absence absence() {
    return Absence.UNKNOWN;
  }

  @Override
  public long through() {
    return header.throughSeq();
  }

  @Override
  public @Nullable Finding besides(Followed chain) {
    if (contradiction != null) {
      return contradiction;
    }
    Trailer trailer = parts.trailer();
    if (trailer == null) {
      return truncated(chain, "the file has no trailer");
    }
    Finding finding = extent(chain, trailer);
    if (finding == null) {
      finding = chain.vouching().beyond(chain.last());
    }
    if (finding == null) {
      finding = chain.vouching().overdue(Long.MIN_VALUE);
    }
    return finding == null && !parts.hash().equals(trailer.sha256())
        ? new Changed(
            0,
            null,
            "The events are as they were sealed, but the file's bytes are not what they"
                + " were: its sha256 does not fit.")
        : finding;
  }

  private @Nullable Finding extent(Followed chain, Trailer trailer) {
    long end = trailer.lastSeq() == null ? header.afterSeq() : trailer.lastSeq();
    if (resumed != null) {
      return truncated(chain, "it does not even come to seq " + resumed.seq());
    }
    if (Math.max(end, header.throughSeq()) > chain.last()) {
      return truncated(
          chain, "it says of itself that it goes to seq " + Math.max(end, header.throughSeq()));
    }
    return trailer.count() == lines && end == chain.last() && header.throughSeq() == end
        ? null
        : new Changed(
            0,
            null,
            ("The header tells of events to seq %d, the trailer of %d to seq %d, but there"
                    + " are %d to seq %d.")
                .formatted(header.throughSeq(), trailer.count(), end, lines, chain.last()));
  }

  private static Finding truncated(Followed chain, String why) {
    return new Truncated(
        chain.last() + 1,
        null,
        "The export was cut short behind seq %d: %s.".formatted(chain.last(), why));
  }

  @Override
  public List<String> remarks(Followed chain) {
    return List.of();
  }

  @Override
  public void close() throws IOException {
    batches.close();
    in.close();
  }
}
