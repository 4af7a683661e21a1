package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.platform.problem.ProblemException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Sends events to a client until it disconnects, its time is over, or this replica stops. */
@Component
class EventStreams {

  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

  /** The time between two attempts while the database does not respond. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Followers followers;
  private final Clock clock;
  private final Duration heartbeat;

  EventStreams(Followers followers, StreamProperties properties, Clock clock) {
    this.followers = followers;
    this.clock = clock;
    this.heartbeat = properties.heartbeat();
  }

  /**
   * Reads the first events, so that a failure is a problem and not a broken stream. Empty if this
   * replica stops.
   */
  Optional<TailPage<AuditEvent>> first(Following following, long after) {
    return followers.await(following, after, Duration.ZERO);
  }

  /**
   * Sends the first events and then those that follow. Blocks this thread, which should be virtual,
   * until the stream has ended.
   *
   * @param after the sequence number after which the first events start
   * @param end when the stream ends at the latest
   */
  void send(
      Following following,
      long after,
      Optional<TailPage<AuditEvent>> first,
      Instant end,
      EventStream stream) {
    Optional<TailPage<AuditEvent>> next = first;
    try {
      stream.open(after);
      while (next.isPresent()) {
        TailPage<AuditEvent> page = next.get();
        stream.write(page);
        Duration left = Duration.between(clock.instant(), end);
        next = left.isPositive() ? await(following, page, left) : Optional.empty();
      }
    } catch (IOException e) {
      log.debug("The client of a stream has disconnected", e);
    }
  }

  private Optional<TailPage<AuditEvent>> await(
      Following following, TailPage<AuditEvent> last, Duration left) {
    Duration wait = left.compareTo(heartbeat) < 0 ? left : heartbeat;
    try {
      return followers.await(following, last.nextAfterSeq(), wait);
    } catch (DataAccessException | TransactionException | ProblemException e) {
      log.debug("A stream waits for the database: {}", e.getClass().getSimpleName());
      pause();
      return Optional.of(
          new TailPage<>(List.of(), last.nextAfterSeq(), last.headSeq(), NotRetained.NONE));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing interrupts this thread", e);
    }
  }
}
