package dev.rekey.upstream;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import java.util.UUID;

/**
 * A system that issues credentials. No method throws for what the upstream or the network does:
 * every such event is a {@link Reply}.
 */
public interface Upstream {

  UpstreamName name();

  /**
   * The subject of a name that a caller gave; throws a problem if none can have it. The name that
   * it has here, in grants, inventory and history, may be another one.
   */
  Subject subject(String name);

  /**
   * The same name of a subject, or start of some, in the words of grants, inventory and history; as
   * it is where this upstream has no other word for it.
   */
  default String canonical(String start) {
    return start;
  }

  /** Whether the name of a subject of this upstream may begin so. */
  boolean mayHaveSubjects(String start);

  /**
   * Whether a new credential leaves the others of its subject alive. Where it may end them, its
   * secret has to be handed over; where it does not, it can be taken back.
   */
  boolean isAdditive();

  /**
   * Makes a new credential. Sent at most once, whatever happens, apart from one repetition after a
   * 401, which the upstream gives before it acts.
   *
   * @param attempt goes into the credential where the upstream has a place for it, so that the
   *     credential can be found again; see {@link UpstreamCredential#attempt}
   */
  Reply<Minted> mint(Subject subject, CredentialNaming request, UUID attempt, Deadline deadline);

  /** The same upstream, for work that nobody waits for. */
  Upstream within(CallBudget budget);

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
