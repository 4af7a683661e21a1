package dev.rekey.verify;

import java.util.List;

/** How a verification ended. */
sealed interface Verdict {

  Followed chain();

  /** Nothing was wrong with what could be seen. */
  record Verified(Followed chain, List<String> remarks) implements Verdict {}

  /** Up to there, nothing was wrong. */
  record Refuted(Followed chain, Finding finding) implements Verdict {}
}
