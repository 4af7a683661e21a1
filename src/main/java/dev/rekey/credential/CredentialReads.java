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
 * Reads credentials at the upstream, and records differences in the inventory. A failure to record
 * is logged, and the caller still gets the response.
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

  /** Reads one credential. Throws a problem unless the upstream returns it. */
  public UpstreamCredential read(Permit permit, Upstream upstream, PathId id) {
    Subject subject = permit.subject();
    return UpstreamProblems.valueOrThrow(subject.upstream(), read(subject, upstream, id));
  }

  /** Like the other, with the permissions of Rekey's token if requested. */
  public UpstreamCredential read(
      Permit.Read permit, ListableUpstream upstream, PathId id, boolean withPermissions) {
    Subject subject = permit.subject();
    Instant requestedAt = clock.instant();
    return UpstreamProblems.valueOrThrow(
        subject.upstream(),
        recorded(subject, id, requestedAt, upstream.read(subject, id, withPermissions)));
  }

  /** Reads one page of a list. Throws a problem unless the upstream returns it. */
  public ListableUpstream.Page list(
      Permit.Read permit, ListableUpstream upstream, ListableUpstream.Query query) {
    Instant requestedAt = clock.instant();
    Subject subject = permit.subject();
    ListableUpstream.Page page =
        UpstreamProblems.valueOrThrow(subject.upstream(), upstream.list(subject, query));
    record(() -> page.items().forEach(item -> drift.listed(subject, item, requestedAt)));
    return page;
  }

  /** Reads one credential for a job. */
  public Reply<UpstreamCredential> read(Subject subject, Upstream upstream, PathId id) {
    Instant requestedAt = clock.instant();
    return recorded(subject, id, requestedAt, upstream.read(subject, id));
  }

  private Reply<UpstreamCredential> recorded(
      Subject subject, PathId id, Instant requestedAt, Reply<UpstreamCredential> reply) {
    switch (reply) {
      case Reply.Success<UpstreamCredential>(var seen) ->
          record(() -> drift.read(subject, seen, requestedAt));
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          record(() -> drift.notFound(subject, id, requestedAt));
      default -> {}
    }
    return reply;
  }

  private static void record(Runnable write) {
    try {
      write.run();
    } catch (DataAccessException | TransactionException e) {
      log.warn("An upstream's response could not be recorded: {}", e.getClass().getSimpleName());
    }
  }
}
