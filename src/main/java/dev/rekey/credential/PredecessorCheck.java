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
 * Reads the older credentials of a subject after a mint that may have revoked them, and records
 * their state. For upstreams whose rotation replaces credentials without reporting which ones.
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
   * Checks a subject. One check of a subject runs at a time; if another one waits already, this
   * does nothing, because that one reads the same state.
   */
  public void check(Upstream upstream, Subject subject) {
    if (!waiting.add(subject)) {
      return;
    }
    ReentrantLock lock = locks[Math.floorMod(subject.hashCode(), STRIPES)];
    lock.lock();
    try {
      waiting.remove(subject);
      credentials.succession(subject).ifPresent(succession -> check(upstream, subject, succession));
    } catch (DataAccessException | TransactionException e) {
      String cause = e.getClass().getSimpleName();
      log.warn("The state of older credentials of {} could not be recorded: {}", subject, cause);
    } finally {
      lock.unlock();
    }
  }

  private void check(Upstream upstream, Subject subject, Succession succession) {
    var gone = new ArrayList<PathId>();
    var live = new ArrayList<PathId>();
    for (PathId id : succession.older()) {
      (isGone(upstream, subject, id) ? gone : live).add(id);
    }
    PathId successor = succession.newest();
    // Concurrent rotations may take effect in another order than their times of creation suggest.
    if (!live.isEmpty() && isGone(upstream, subject, successor)) {
      gone.add(successor);
      successor = live.getFirst();
    }
    for (PathId id : gone) {
      credentials.markReplaced(subject, id, successor);
    }
  }

  private boolean isGone(Upstream upstream, Subject subject, PathId id) {
    Instant requestedAt = clock.instant();
    return switch (upstream.read(subject, id)) {
      case Reply.Success<UpstreamCredential>(var seen) -> {
        drift.read(subject, seen, requestedAt);
        yield seen.deletedAt() != null;
      }
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 -> {
        drift.notFound(subject, id, requestedAt);
        yield true;
      }
      default -> {
        log.info("The state of {} of {} is not known yet", id, subject);
        yield false;
      }
    };
  }
}
