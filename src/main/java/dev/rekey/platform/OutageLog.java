package dev.rekey.platform;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs the failures of an outage: the first one, then at most one a minute, and its end.
 * Thread-safe.
 */
public final class OutageLog {

  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Logger log;
  private final Level level;
  private final LongSupplier nanoClock;
  private boolean isFailing;
  private long loggedAt;
  private int unlogged;

  /**
   * Logs failures at a level, and the end of an outage at INFO.
   *
   * @param nanoClock nanoseconds since any fixed time
   */
  public OutageLog(Logger log, Level level, LongSupplier nanoClock) {
    this.log = log;
    this.level = level;
    this.nanoClock = nanoClock;
  }

  /** Records a failure; the message has no secret. */
  public synchronized void failed(String message) {
    long now = nanoClock.getAsLong();
    if (!isFailing) {
      log.atLevel(level).log(message);
    } else if (now - loggedAt >= EVERY.toNanos()) {
      log.atLevel(level).log("{} (and {} more failures in the last minute)", message, unlogged);
    } else {
      unlogged++;
      return;
    }
    isFailing = true;
    loggedAt = now;
    unlogged = 0;
  }

  /** Records a success; the message is logged if it ends an outage. */
  public synchronized void worked(String message) {
    if (isFailing) {
      log.info(message);
    }
    isFailing = false;
    unlogged = 0;
  }
}
