package dev.rekey.credential;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Reads that the upstream answers. What is seen on the way goes into the inventory; that it cannot
 * be written down there does not keep the caller from its answer.
 */
@Component
public class CredentialReads {

  private static final Logger log = LoggerFactory.getLogger(CredentialReads.class);

  private final DriftDetector drift;
  private final Clock clock;

  CredentialReads(DriftDetector drift, Clock clock) {
    this.drift = drift;
    this.clock = clock;
  }

  /** Throws a problem for everything but an answer. */
  public UpstreamCredential read(Permit.Read permit, Upstream upstream, PathId id) {
    Instant asked = clock.instant();
    return noted(permit.subject(), id, asked, upstream.read(permit.subject(), id));
  }

  /** As the other, with what our token may do to the credential if asked. */
  public UpstreamCredential read(
      Permit.Read permit, ListableUpstream upstream, PathId id, boolean withPermissions) {
    Instant asked = clock.instant();
    return noted(permit.subject(), id, asked, upstream.read(permit.subject(), id, withPermissions));
  }

  /** One page; throws a problem for everything but an answer. */
  public ListableUpstream.Page list(
      Permit.Read permit, ListableUpstream upstream, ListableUpstream.Query query) {
    Instant asked = clock.instant();
    Subject subject = permit.subject();
    ListableUpstream.Page page =
        UpstreamProblems.valueOrThrow(subject.upstream(), upstream.list(subject, query));
    note(() -> page.items().forEach(item -> drift.listed(subject, item, asked)));
    return page;
  }

  /** Reads one for Rekey itself, and notes what is seen. */
  public Reply<UpstreamCredential> look(Subject subject, Upstream upstream, PathId id) {
    Instant asked = clock.instant();
    Reply<UpstreamCredential> reply = upstream.read(subject, id);
    note(subject, id, asked, reply);
    return reply;
  }

  private UpstreamCredential noted(
      Subject subject, PathId id, Instant asked, Reply<UpstreamCredential> reply) {
    note(subject, id, asked, reply);
    return UpstreamProblems.valueOrThrow(subject.upstream(), reply);
  }

  private void note(Subject subject, PathId id, Instant asked, Reply<UpstreamCredential> reply) {
    switch (reply) {
      case Reply.Success<UpstreamCredential>(var seen) ->
          note(() -> drift.read(subject, seen, asked));
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          note(() -> drift.notFound(subject, id, asked));
      default -> {}
    }
  }

  private static void note(Runnable write) {
    try {
      write.run();
    } catch (DataAccessException | TransactionException e) {
      log.warn("What an upstream told could not be recorded: {}", e.getClass().getSimpleName());
    }
  }
}
