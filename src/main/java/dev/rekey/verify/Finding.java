package dev.rekey.verify;

import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first fault of the chain.
 *
 * @param seq the first faulty seq; 0 if the fault has no position in the chain
 * @param id the event there; null if unknown
 * @param detail an explanation in one or two sentences
 */
record Finding(Kind kind, long seq, @Nullable UUID id, String detail) {

  enum Kind {
    /** An event or its seal differs from what was sealed. */
    CHANGED,
    /** An event is gone, and no dropped month explains it. */
    MISSING,
    /** The event at this position belongs elsewhere in the chain. */
    REORDERED,
    /** An event that was not sealed here. */
    INSERTED,
    /** The end of the chain is missing. */
    TRUNCATED,
    /** The hashes match, but the chain is not the one that was signed. */
    RECOMPUTED,
    /** A checkpoint was altered, or signed with an unknown key. */
    BAD_SIGNATURE,
    /** Events that a checkpoint should cover by now, and none does. */
    UNSIGNED;

    Finding at(long seq, String detail) {
      return at(seq, null, detail);
    }

    Finding at(long seq, @Nullable UUID id, String detail) {
      return new Finding(this, seq, id, detail);
    }

    /** The outcome's name in docs/audit-chain.md. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}
