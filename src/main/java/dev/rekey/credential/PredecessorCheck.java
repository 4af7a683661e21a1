package dev.rekey.credential;

import dev.rekey.credential.Credentials.Succession;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Looks again at the credentials that a new one may have ended, and records what became of them.
 * For upstreams that can tell in no other way.
 */
@Component
public class PredecessorCheck {

  private static final Logger log = LoggerFactory.getLogger(PredecessorCheck.class);
  private static final int STRIPES = 64;

  private final Set<Subject> waiting = ConcurrentHashMap.newKeySet();
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);
  private final Credentials credentials;
  private final DriftDetector drift;
  private final Clock clock;

  PredecessorCheck(Credentials credentials, DriftDetector drift, Clock clock) {
    this.credentials = credentials;
    this.drift = drift;
    this.clock = clock;
  }

  /**
   * Reads every older credential of the subject that is thought to live, one look at a time. Where
   * one waits that has not begun, it will see what this one would, so this does nothing.
   */
  public void look(Upstream upstream, Subject subject) {
    if (!waiting.add(subject)) {
      return;
    }
    ReentrantLock lock = locks[Math.floorMod(subject.hashCode(), STRIPES)];
    lock.lock();
    try {
      waiting.remove(subject);
      credentials.succession(subject).ifPresent(succession -> look(upstream, subject, succession));
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "What became of older credentials of {} could not be recorded: {}",
          subject,
          e.getClass().getSimpleName());
    } finally {
      lock.unlock();
    }
  }

  private void look(Upstream upstream, Subject subject, Succession succession) {
    var ended = new ArrayList<PathId>();
    var living = new ArrayList<PathId>();
    for (PathId id : succession.older()) {
      (isEnded(upstream, subject, id) ? ended : living).add(id);
    }
    PathId successor = succession.newest();
    // Rotations that overlap may take effect in another order than their times tell.
    if (!living.isEmpty() && isEnded(upstream, subject, successor)) {
      ended.add(successor);
      successor = living.getFirst();
    }
    for (PathId id : ended) {
      credentials.markReplaced(subject, id, successor);
    }
  }

  private boolean isEnded(Upstream upstream, Subject subject, PathId id) {
    Instant asked = clock.instant();
    return switch (upstream.read(subject, id)) {
      case Reply.Success<UpstreamCredential>(var seen) -> {
        drift.read(subject, seen, asked);
        yield seen.deletedAt() != null;
      }
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 -> {
        drift.notFound(subject, id, asked);
        yield true;
      }
      default -> {
        log.info("What became of {} of {} is not known yet", id, subject);
        yield false;
      }
    };
  }
}
