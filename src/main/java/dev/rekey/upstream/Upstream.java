package dev.rekey.upstream;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A system that issues credentials. Its failures are a {@link Reply} and no exception. */
public interface Upstream {

  UpstreamName name();

  /** The subject by its canonical name; throws a problem if the name is malformed or unknown. */
  Subject subject(String name);

  /** The canonical name of a subject or of a prefix; unchanged if there are no aliases. */
  default String canonical(String prefix) {
    return prefix;
  }

  /** Whether a subject of this upstream can have a name with this prefix. */
  boolean canHaveSubjects(String prefix);

  /**
   * Whether a new credential leaves the subject's other credentials valid. If so, an unwanted new
   * one can be deleted; if not, its secret has to reach the caller.
   */
  boolean isAdditive();

  /**
   * Creates a credential. Never retried, except once after a 401, which an upstream returns before
   * it acts.
   *
   * @param attempt stored in the credential where the upstream has a field for it; see {@link
   *     UpstreamCredential#attempt}
   */
  Reply<Minted> mint(Subject subject, CredentialNaming request, UUID attempt, Deadline deadline);

  /** The same upstream for background work, which gives way to callers. */
  Upstream within(CallBudget budget);

  /** Whether Rekey itself logs in at this upstream with a client id. */
  boolean isOwnLogin(@Nullable String clientId);

  /** Reads one credential's metadata; retries after errors that may be temporary. */
  Reply<UpstreamCredential> read(Subject subject, PathId id);

  /** Revokes or deletes; retries like {@link #read}. Succeeds if it is already gone. */
  Reply<Retired> retire(Subject subject, PathId id);

  enum Retired {
    NOW,
    ALREADY_GONE
  }
}
