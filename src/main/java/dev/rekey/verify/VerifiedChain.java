package dev.rekey.verify;

import dev.rekey.audit.chain.Chain;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of the chain that was verified. */
final class VerifiedChain {

  private final Chain chain = new Chain();
  final Retention retention;
  final CheckpointCoverage coverage;

  /** The seq after which verification started. */
  final long after;

  private final AtomicLong last;
  private byte[] head;
  private long verified;
  private List<Link> previous = List.of();
  private byte[] headBeforePrevious;

  /**
   * Starts after a seq.
   *
   * @param head the chain hash at that seq
   * @param copies copies of checkpoints from outside, by seq; those before {@code after} are
   *     ignored
   * @param start the checkpoint of that seq; null if none is known
   */
  VerifiedChain(
      long after, byte[] head, List<CheckedCheckpoint> copies, @Nullable CheckedCheckpoint start) {
    this.coverage =
        new CheckpointCoverage(
            after, copies.stream().filter(copy -> copy.seq() >= after).toList(), start);
    this.retention = new Retention(after);
    this.after = after;
    this.last = new AtomicLong(after);
    this.head = head;
    this.headBeforePrevious = head;
  }

  /** Verifies the next part, up to its first fault; null if it has none. */
  @Nullable Finding append(Batch batch, Evidence evidence) throws SQLException, IOException {
    coverage.add(batch.checkpoints());
    batch.drops().forEach(retention::dropped);
    byte[] headBefore = head;
    List<Link> links = batch.links();
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      Finding finding = checkSignatures();
      if (finding == null) {
        finding =
            isNext(link)
                ? append(link, evidence.missingEvents())
                : diagnosis(links, i, evidence).of(link);
      }
      if (finding != null) {
        return finding;
      }
    }
    previous = links;
    headBeforePrevious = headBefore;
    return checkSignatures();
  }

  private @Nullable Finding checkSignatures() {
    Finding finding = coverage.check(last(), head);
    CheckedCheckpoint newest = coverage.newest();
    if (finding == null && newest != null) {
      retention.signed(newest);
    }
    return finding;
  }

  private boolean isNext(Link link) {
    byte[] event = link.eventHash();
    return link.seq == last() + 1
        && link.flaw() == null
        && Arrays.equals(chain.link(link.sealedHash, head), link.chainHash)
        && (event == null || Arrays.equals(event, link.sealedHash));
  }

  private @Nullable Finding append(Link link, MissingEventCheck missing)
      throws SQLException, IOException {
    if (link.eventHash() == null) {
      Finding finding = missing.explain(link);
      if (finding != null) {
        return finding;
      }
      retention.missing(link);
    } else {
      retention.present(link);
      verified++;
    }
    last.setOpaque(link.seq);
    head = link.chainHash;
    coverage.add(link);
    return null;
  }

  private Diagnosis diagnosis(List<Link> links, int at, Evidence evidence)
      throws SQLException, IOException {
    return new Diagnosis(
        last(),
        head,
        headBeforePrevious,
        concat(previous, links.subList(0, at)),
        concat(links.subList(at + 1, links.size()), evidence.lookAhead()));
  }

  private static List<Link> concat(List<Link> some, List<Link> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Checks the end and the dropped months, once all links are verified; null without a fault. */
  @Nullable Finding finish(Evidence evidence) throws SQLException, IOException {
    Finding finding = evidence.checkEnd(this);
    if (finding != null && finding.seq() > 0) {
      return finding;
    }
    // A fault with a position in the chain is reported before one without.
    Finding missing = retention.check(evidence.missingEvents());
    return missing == null ? finding : missing;
  }

  /** The last verified seq. Another thread may see an earlier one. */
  long last() {
    return last.getOpaque();
  }

  byte[] head() {
    return head;
  }

  /** The number of events that exist and match their seals. */
  long verifiedEvents() {
    return verified;
  }
}
