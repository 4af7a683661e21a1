package dev.rekey.verify;

import dev.rekey.audit.chain.VerifyingKeys;
import dev.rekey.verify.ExportLines.Header;
import dev.rekey.verify.ExportLines.Trailer;
import dev.rekey.verify.Finding.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the chain from an export, once from start to end. */
final class ExportEvidence implements Evidence {

  private static final int READERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);

  private final InputStream in;
  private final ExportParts parts;
  private final Header header;
  private final byte[] previousHash;
  private final OrderedTasks<Batch> batches = new OrderedTasks<>(READERS);
  private final @Nullable CheckedCheckpoint ownCheckpoint;
  private List<CheckedCheckpoint> unread = List.of();
  private long lines;
  private @Nullable CheckedCheckpoint resumed;
  private @Nullable Finding contradiction;

  /** Throws {@link IOException} if the input is not an export, or an export with a filter. */
  ExportEvidence(InputStream in, VerifyingKeys keys) throws IOException {
    this.in = in;
    this.parts = new ExportParts(in);
    this.header = ExportLines.header(parts.header());
    this.previousHash = previousHash(header);
    this.ownCheckpoint =
        header.checkpoint() == null
            ? null
            : CheckedCheckpoint.of(header.checkpoint(), "in the header", keys);
    batches.addAll(parts);
  }

  private static byte[] previousHash(Header header) throws IOException {
    if (!header.verifiable() || header.previousHash() == null) {
      throw new IOException(
          "the export was made with a filter: it has gaps by design, and does not prove a chain");
    }
    try {
      return HexFormat.of().parseHex(header.previousHash());
    } catch (IllegalArgumentException e) {
      throw new IOException("the header's previousHash is malformed", e);
    }
  }

  @Override
  public VerifiedChain begin(List<CheckedCheckpoint> copies) {
    expectOwn(header.afterSeq());
    return new VerifiedChain(header.afterSeq(), previousHash, copies, null);
  }

  /** Ignores a valid checkpoint before the start, because it covers no event here. */
  private void expectOwn(long after) {
    if (ownCheckpoint != null && (ownCheckpoint.seq() >= after || !ownCheckpoint.isValid())) {
      unread = List.of(ownCheckpoint);
    }
  }

  @Override
  public @Nullable Finding beginAfter(CheckedCheckpoint checkpoint) throws IOException {
    if (checkpoint.seq() < header.afterSeq()) {
      throw new IOException(
          "the export starts after seq %d, but the newest checkpoint is of seq %d"
              .formatted(header.afterSeq(), checkpoint.seq()));
    }
    expectOwn(checkpoint.seq());
    if (checkpoint.seq() > header.afterSeq()) {
      resumed = checkpoint;
      return null;
    }
    return contradiction(checkpoint, previousHash);
  }

  private static @Nullable Finding contradiction(CheckedCheckpoint checkpoint, byte[] head) {
    return Arrays.equals(checkpoint.checkpoint().headBytes(), head)
        ? null
        : CheckpointCoverage.recomputed(checkpoint, 0);
  }

  @Override
  public @Nullable Batch next() throws SQLException, IOException {
    Batch batch = contradiction == null ? batches.next() : null;
    if (batch == null) {
      return unread.isEmpty() ? null : new Batch(List.of(), takeUnread(), List.of());
    }
    lines += batch.links().size();
    List<Link> links = resumed == null ? batch.links() : linksAfter(resumed, batch.links());
    return new Batch(links, takeUnread(), batch.drops());
  }

  private List<CheckedCheckpoint> takeUnread() {
    List<CheckedCheckpoint> result = unread;
    unread = List.of();
    return result;
  }

  /** The links after the checkpoint's seq; none if the seq is not among them. */
  private List<Link> linksAfter(CheckedCheckpoint checkpoint, List<Link> links) {
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).seq == checkpoint.seq()) {
        resumed = null;
        contradiction = contradiction(checkpoint, links.get(i).chainHash);
        return contradiction == null ? links.subList(i + 1, links.size()) : List.of();
      }
    }
    return List.of();
  }

  @Override
  public List<Link> lookAhead() throws SQLException, IOException {
    Batch next = batches.peek();
    return next == null ? List.of() : next.links();
  }

  @Override
  public long expectedLast() {
    return header.throughSeq();
  }

  @Override
  public Instant now() {
    return header.exportedAt();
  }

  @Override
  public List<String> notes(VerifiedChain chain) {
    return chain.coverage.future.notes();
  }

  @Override
  public @Nullable Finding checkEnd(VerifiedChain chain) {
    if (contradiction != null) {
      return contradiction;
    }
    Trailer trailer = parts.trailer();
    if (trailer == null) {
      return truncated(chain, "the file has no trailer");
    }
    Finding finding = checkExtent(chain, trailer);
    if (finding == null) {
      finding = chain.coverage.beyond(chain.last());
    }
    if (finding == null) {
      finding = chain.coverage.unsigned(Long.MIN_VALUE);
    }
    return finding == null && !parts.hash().equals(trailer.sha256())
        ? Kind.CHANGED.at(
            0,
            "The events match their seals, but the file's bytes were changed: its sha256 differs.")
        : finding;
  }

  private @Nullable Finding checkExtent(VerifiedChain chain, Trailer trailer) {
    long end = trailer.lastSeq() == null ? header.afterSeq() : trailer.lastSeq();
    if (resumed != null) {
      return truncated(chain, "it does not reach seq " + resumed.seq());
    }
    if (Math.max(end, header.throughSeq()) > chain.last()) {
      return truncated(
          chain, "its header or trailer names seq " + Math.max(end, header.throughSeq()));
    }
    return trailer.count() == lines && end == chain.last() && header.throughSeq() == end
        ? null
        : Kind.CHANGED.at(
            0,
            ("The header says that events end at seq %d, the trailer that there are %d up to seq"
                    + " %d, but there are %d up to seq %d.")
                .formatted(header.throughSeq(), trailer.count(), end, lines, chain.last()));
  }

  private static Finding truncated(VerifiedChain chain, String reason) {
    return Kind.TRUNCATED.at(
        chain.last() + 1,
        "The export ends early, after seq %d: %s.".formatted(chain.last(), reason));
  }

  @Override
  public void close() throws IOException {
    batches.close();
    in.close();
  }
}
