package dev.rekey.verify;

import dev.rekey.audit.chain.Chain;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The chain as far as it was followed and found sound. */
final class Followed {

  private final Chain chain = new Chain();
  private final Retention retention;
  private final Vouching vouching;
  private final long after;
  private final AtomicLong last;
  private byte[] head;
  private long seen;
  private List<Link> previous = List.of();
  private byte[] headBeforePrevious;

  /**
   * Begins behind the place at which its head was this.
   *
   * @param copies checkpoints from elsewhere, by seq; those of before are left alone
   * @param voucher the one that vouches for that place; null if none is known to
   */
  Followed(long after, byte[] head, List<Voucher> copies, @Nullable Voucher voucher) {
    this.vouching =
        new Vouching(after, copies.stream().filter(copy -> copy.seq() >= after).toList(), voucher);
    this.retention = new Retention(after);
    this.after = after;
    this.last = new AtomicLong(after);
    this.head = head;
    this.headBeforePrevious = head;
  }

  /** Goes on through this part, to the first thing that is wrong; null if nothing is. */
  @Nullable Finding follow(Batch batch, Evidence evidence) throws SQLException, IOException {
    vouching.expect(batch.vouchers());
    batch.drops().forEach(retention::dropped);
    byte[] headBefore = head;
    List<Link> links = batch.links();
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      Finding finding = vouched();
      if (finding == null) {
        finding =
            isNext(link) ? take(link, evidence.absence()) : diagnosis(links, i, evidence).of(link);
      }
      if (finding != null) {
        return finding;
      }
    }
    previous = links;
    headBeforePrevious = headBefore;
    return vouched();
  }

  private @Nullable Finding vouched() {
    Finding finding = vouching.at(last(), head);
    Voucher newest = vouching.newest();
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

  private @Nullable Finding take(Link link, Absence absence) throws SQLException, IOException {
    if (link.eventHash() == null) {
      Finding finding = absence.explain(link);
      if (finding != null) {
        return finding;
      }
      retention.unseen(link);
    } else {
      retention.seen(link);
      seen++;
    }
    last.setOpaque(link.seq);
    head = link.chainHash;
    vouching.passed(link);
    return null;
  }

  private Diagnosis diagnosis(List<Link> links, int at, Evidence evidence)
      throws SQLException, IOException {
    return new Diagnosis(
        last(),
        head,
        headBeforePrevious,
        concat(previous, links.subList(0, at)),
        concat(links.subList(at + 1, links.size()), evidence.ahead()));
  }

  private static List<Link> concat(List<Link> some, List<Link> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** What is wrong once the end is reached; null if nothing is. */
  @Nullable Finding end(Evidence evidence) throws SQLException, IOException {
    Finding finding = evidence.besides(this);
    if (finding != null && finding.seq() > 0) {
      return finding;
    }
    // What has a place in the chain is named before what has none.
    Finding gone = retention.settle(evidence.absence());
    return gone == null ? finding : gone;
  }

  /** The place behind which it began. */
  long after() {
    return after;
  }

  /** The last event's seq. Other threads may ask, too, and may hear of an earlier one. */
  long last() {
    return last.getOpaque();
  }

  byte[] head() {
    return head;
  }

  /** How many events were there and as they were sealed. */
  long seen() {
    return seen;
  }

  Retention retention() {
    return retention;
  }

  Vouching vouching() {
    return vouching;
  }
}
