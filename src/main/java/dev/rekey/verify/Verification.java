package dev.rekey.verify;

import dev.rekey.verify.Verdict.Refuted;
import dev.rekey.verify.Verdict.Verified;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Verifies the chain of the evidence, and compares it with copies of checkpoints from outside. */
final class Verification {

  private final Evidence evidence;
  private final List<CheckedCheckpoint> copies;
  private final @Nullable CheckedCheckpoint resumed;

  /** Starts after {@code resumed}, one of the copies; at the first event if it is null. */
  Verification(
      Evidence evidence, List<CheckedCheckpoint> copies, @Nullable CheckedCheckpoint resumed) {
    this.evidence = evidence;
    this.copies = copies;
    this.resumed = resumed;
  }

  /** Verifies up to the first fault; {@code started} receives the chain before that. */
  Verdict run(Consumer<VerifiedChain> started) throws SQLException, IOException {
    VerifiedChain chain =
        resumed == null
            ? evidence.begin(copies)
            : new VerifiedChain(resumed.seq(), resumed.checkpoint().headBytes(), copies, resumed);
    started.accept(chain);
    Finding finding =
        copies.stream()
            .filter(copy -> !copy.isValid())
            .findFirst()
            .map(CheckpointCoverage::badSignature)
            .orElse(null);
    if (finding == null && resumed != null) {
      finding = evidence.beginAfter(resumed);
    }
    if (finding == null) {
      finding = verify(chain);
    }
    return finding == null
        ? new Verified(chain, evidence.notes(chain))
        : new Refuted(chain, finding);
  }

  private boolean extend(VerifiedChain chain) throws SQLException, IOException {
    chain.retention.continueLater();
    return evidence.extend();
  }

  private @Nullable Finding verify(VerifiedChain chain) throws SQLException, IOException {
    do {
      for (Batch batch = evidence.next(); batch != null; batch = evidence.next()) {
        Finding finding = chain.append(batch, evidence);
        if (finding != null) {
          return finding;
        }
      }
      // A month may have been dropped meanwhile; its event is then later in the chain.
    } while (chain.retention.hasUnexplainedGaps() && extend(chain));
    return chain.finish(evidence);
  }
}
