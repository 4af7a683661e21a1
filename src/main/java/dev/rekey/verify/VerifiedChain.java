package dev.rekey.verify;

import dev.rekey.audit.chain.Chain;
import dev.rekey.verify.Evidence.Batch;
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
   * Starts after a seq with its chain hash, and with its checkpoint if one is known. Ignores the
   * earlier ones of the copies of checkpoints from outside, which are by seq.
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

  /** Verifies all parts up to the first fault; null if they have none. */
  @Nullable Finding verify(Evidence evidence) throws SQLException, IOException {
    do {
      for (Batch batch = evidence.next(); batch != null; batch = evidence.next()) {
        Finding finding = append(batch, evidence);
        if (finding != null) {
          return finding;
        }
      }
      // A month may have been dropped meanwhile; its event is then later in the chain.
    } while (retention.hasUnexplainedGaps() && extend(evidence));
    Finding finding = evidence.checkEnd(this);
    if (finding != null && finding.seq() > 0) {
      return finding;
    }
    // A fault with a position in the chain is reported before one without.
    Finding missing = retention.check(evidence.missingEvents());
    return missing == null ? finding : missing;
  }

  private boolean extend(Evidence evidence) throws SQLException, IOException {
    retention.continueLater();
    return evidence.extend();
  }

  private @Nullable Finding append(Batch batch, Evidence evidence)
      throws SQLException, IOException {
    coverage.add(batch.checkpoints());
    batch.drops().forEach(retention::dropped);
    byte[] headBefore = head;
    List<Link> links = batch.links();
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      Finding finding = checkSignatures();
      if (finding == null) {
        finding = isNext(link) ? append(link, evidence) : diagnosis(links, i, evidence).of(link);
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
    return link.seq == last() + 1
        && link.flaw == null
        && Arrays.equals(chain.link(link.sealedHash, head), link.chainHash)
        && (link.eventHash == null || Arrays.equals(link.eventHash, link.sealedHash));
  }

  private @Nullable Finding append(Link link, Evidence evidence) throws SQLException {
    if (link.eventHash == null) {
      Finding finding = evidence.missingEvents().explain(link);
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
    coverage.add(link, evidence.now());
    return null;
  }

  private Diagnosis diagnosis(List<Link> links, int at, Evidence evidence)
      throws SQLException, IOException {
    return new Diagnosis(
        last(),
        head,
        headBeforePrevious,
        Stream.concat(previous.stream(), links.stream().limit(at)).toList(),
        Stream.concat(links.stream().skip(at + 1), evidence.lookAhead().stream()).toList());
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
