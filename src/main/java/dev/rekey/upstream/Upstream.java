package dev.rekey.upstream;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;

/**
 * A system that issues credentials. No method throws for what the upstream or the network does:
 * every such event is a {@link Reply}.
 */
public interface Upstream {

  UpstreamName name();

  /**
   * Makes a new credential. Sent at most once, whatever happens, apart from one repetition after a
   * 401, which the upstream gives before it acts.
   */
  Reply<Minted> mint(Subject subject, Label request, Deadline deadline);

  /** Reads one credential's metadata; repeats by itself while that may help. */
  Reply<UpstreamCredential> read(Subject subject, PathId id);

  /**
   * Ends a credential; one that is already gone counts as done. Repeats by itself while that may
   * help.
   */
  Reply<Retired> retire(Subject subject, PathId id);

  /** How a credential came to be gone. */
  enum Retired {
    NOW,
    ALREADY_GONE
  }
}
