package dev.rekey.verify;

import dev.rekey.verify.Verdict.Refuted;
import dev.rekey.verify.Verdict.Verified;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows the chain in the evidence, and compares it with copies of checkpoints from elsewhere. */
final class Verification {

  private final Evidence evidence;
  private final List<Voucher> copies;
  private final @Nullable Voucher resumed;

  /**
   * @param copies by seq
   * @param resumed the one of them behind which to begin; null begins where the evidence does
   */
  Verification(Evidence evidence, List<Voucher> copies, @Nullable Voucher resumed) {
    this.evidence = evidence;
    this.copies = copies;
    this.resumed = resumed;
  }

  /**
   * Ends at the first thing that is wrong.
   *
   * @param begun is told of the chain before it is followed
   */
  Verdict run(Consumer<Followed> begun) throws SQLException, IOException {
    Followed chain =
        resumed == null
            ? evidence.begin(copies)
            : new Followed(resumed.seq(), resumed.checkpoint().headBytes(), copies, resumed);
    begun.accept(chain);
    Finding finding = falseCopy();
    if (finding == null && resumed != null) {
      finding = evidence.beginBehind(resumed);
    }
    if (finding == null) {
      finding = follow(chain);
    }
    return finding == null
        ? new Verified(chain, evidence.remarks(chain))
        : new Refuted(chain, finding);
  }

  private @Nullable Finding falseCopy() {
    return copies.stream()
        .filter(copy -> !copy.isGenuine())
        .findFirst()
        .map(Vouching::falseSignature)
        .orElse(null);
  }

  private boolean hasGrown(Followed chain) throws SQLException, IOException {
    chain.retention().goesOn();
    return evidence.hasGrown();
  }

  private @Nullable Finding follow(Followed chain) throws SQLException, IOException {
    do {
      for (Batch batch = evidence.next(); batch != null; batch = evidence.next()) {
        Finding finding = chain.follow(batch, evidence);
        if (finding != null) {
          return finding;
        }
      }
      // A month may have been dropped meanwhile; the event that says so comes later in the chain.
    } while (chain.retention().isOpen() && hasGrown(chain));
    return chain.end(evidence);
  }
}
