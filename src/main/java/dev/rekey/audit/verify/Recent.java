package dev.rekey.audit.verify;

import dev.rekey.audit.chain.Chain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chain's last places, for the checkpoint of which an export tells only at its end. Takes some
 * 25 MB however long the chain is.
 */
final class Recent {

  private static final int PLACES = 1 << 19;

  private final byte[] heads = new byte[PLACES * Chain.HASH_BYTES];
  private final long[] writtenAt = new long[PLACES];
  private final long[] seqs = new long[PLACES];

  Recent() {
    Arrays.fill(seqs, -1);
  }

  void add(long seq, byte[] head, long written) {
    if (seq >= 0 && head.length == Chain.HASH_BYTES) {
      int at = at(seq);
      System.arraycopy(head, 0, heads, at * Chain.HASH_BYTES, Chain.HASH_BYTES);
      writtenAt[at] = written;
      seqs[at] = seq;
    }
  }

  private static int at(long seq) {
    return (int) (seq % PLACES);
  }

  /** Null if it is not known, or not any more. */
  byte @Nullable [] head(long seq) {
    int at = at(seq);
    return seq < 0 || seqs[at] != seq
        ? null
        : Arrays.copyOfRange(heads, at * Chain.HASH_BYTES, (at + 1) * Chain.HASH_BYTES);
  }

  /** When the oldest of the events from one to another, both known, was written. */
  long oldest(long from, long to) {
    long oldest = Long.MAX_VALUE;
    for (long seq = from; seq <= to; seq++) {
      oldest = Math.min(oldest, writtenAt[at(seq)]);
    }
    return oldest;
  }
}
