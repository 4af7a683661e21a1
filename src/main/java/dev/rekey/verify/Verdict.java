package dev.rekey.verify;

import java.util.List;

/** The result of a verification. */
sealed interface Verdict {

  VerifiedChain chain();

  /** No fault was found. */
  record Verified(VerifiedChain chain, List<String> notes) implements Verdict {}

  /** The chain is valid up to the finding. */
  record Refuted(VerifiedChain chain, Finding finding) implements Verdict {}
}
