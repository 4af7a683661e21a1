package dev.rekey.credential.refresh;

import dev.rekey.credential.refresh.RefreshRuns.Count;
import dev.rekey.credential.refresh.RefreshRuns.Pass;
import dev.rekey.credential.refresh.RefreshRuns.Watched;
import dev.rekey.credential.refresh.SubjectScan.Look;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Upstream;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Looks at everything that is watched at one upstream, again and again, spread over the interval
 * and within the budget. Several replicas may have one: the database says whose turn it is. Used by
 * one thread.
 */
class UpstreamRefresh implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(UpstreamRefresh.class);

  /** How long one run may take before it lets go, so that a stop need not wait. */
  private static final Duration RUN = Duration.ofSeconds(5);

  private static final int STRETCHES_PER_INTERVAL = 15;
  private static final Duration LONGEST_REST = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final UUID me = UUID.randomUUID();
  private final Upstream upstream;
  private final RefreshRuns passes;
  private final SubjectScan looks;
  private final RefreshProperties properties;
  private final MeterRegistry meters;
  private final Clock clock;
  private volatile boolean stopping;
  private @Nullable Progress progress;
  private int failuresInARow;
  private boolean wasAgain;
  private Instant restUntil = Instant.EPOCH;

  UpstreamRefresh(
      Upstream upstream,
      RefreshRuns passes,
      SubjectScan looks,
      RefreshProperties properties,
      MeterRegistry meters,
      Clock clock) {
    this.upstream = upstream;
    this.passes = passes;
    this.looks = looks;
    this.properties = properties;
    this.meters = meters;
    this.clock = clock;
    Look.OUTCOMES.forEach(this::looks);
  }

  private Counter looks(String outcome) {
    return Counter.builder("rekey.refresh.looks")
        .description("Observations of this replica at something that is to be kept true")
        .tag("upstream", upstream.name().value())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Where this replica is in a pass. */
  private static final class Progress {
    private final Pass pass;
    private long all;
    private long done;
    private String position;
    private @Nullable Instant stretchSince;
    private Instant next;

    Progress(Pass pass, Count count, String position, Instant next) {
      this.pass = pass;
      this.all = count.all();
      this.done = count.done();
      this.position = position;
      this.next = next;
    }
  }

  /** Names the job in the log. */
  @Override
  public String toString() {
    return "The refresh of " + upstream.name();
  }

  /** Looks at what is due, for a short time. */
  @Override
  public void run() {
    Instant end = clock.instant().plus(RUN);
    while (!stopping && clock.instant().isBefore(end)) {
      Duration pause = step();
      if (pause.compareTo(SHORT) > 0 || stopping) {
        break;
      }
      sleep(pause);
    }
  }

  /** Ends the run that is under way soon, and begins no other one. */
  void stop() {
    stopping = true;
  }

  /** Does one thing, if there is one; says how long to wait for the next. */
  private Duration step() {
    Instant now = clock.instant();
    if (now.isBefore(restUntil)) {
      return Duration.between(now, restUntil);
    }
    Optional<Pass> held = passes.hold(upstream.name(), me);
    if (held.isEmpty()) {
      progress = null;
      return RUN;
    }
    // In turns, so that those that fail again do not keep the others from theirs.
    wasAgain = !wasAgain;
    if (wasAgain) {
      Optional<Watched> again = passes.dueAgain(upstream.name());
      if (again.isPresent()) {
        look(again.get());
        return Duration.ZERO;
      }
    }
    return step(held.get(), now);
  }

  private Duration step(Pass pass, Instant now) {
    if (!pass.isUnderWay()) {
      Instant due = due(pass);
      if (now.isBefore(due)) {
        return Duration.between(now, due);
      }
      passes.begin(
          upstream.name(),
          me,
          now,
          upstream instanceof ListableUpstream listing ? listing.directories() : null);
      return Duration.ZERO;
    }
    Progress at = at(pass, now);
    if (now.isBefore(at.next)) {
      return Duration.between(now, at.next);
    }
    noteIfOver(at, now);
    Optional<Watched> next = passes.following(upstream.name(), at.position);
    if (next.isEmpty()) {
      end(at);
    } else if (look(next.get())) {
      advance(at, next.get(), now);
    }
    return Duration.ZERO;
  }

  // The passes of replicas that started together drift apart, and from the full hour.
  private Instant due(Pass pass) {
    if (pass.startedAt() == null) {
      return Instant.EPOCH;
    }
    double part = 0.8 + 0.15 * new Random(pass.number()).nextDouble();
    return pass.startedAt().plus(part(properties.interval(), part));
  }

  private Progress at(Pass pass, Instant now) {
    Progress known = progress;
    if (known == null || known.pass.number() != pass.number()) {
      String position = passes.position(upstream.name(), pass);
      known = new Progress(pass, passes.count(upstream.name(), position), position, now);
      progress = known;
    }
    return known;
  }

  private void advance(Progress at, Watched looked, Instant since) {
    at.position = looked.name();
    at.done++;
    if (looked.isDirectory()) {
      at.all = passes.count(upstream.name(), at.position).all();
    }
    if (at.stretchSince == null) {
      at.stretchSince = since;
    }
    at.next = turn(at);
    noteIfOver(at, at.next);
  }

  // All of a stretch counts as looked at when it began, so none goes on for longer than that may be
  // off, whatever there is to wait for.
  private void noteIfOver(Progress at, Instant next) {
    Duration stretch = properties.interval().dividedBy(STRETCHES_PER_INTERVAL);
    if (at.stretchSince != null && at.stretchSince.plus(stretch).isBefore(next)) {
      note(at);
    }
  }

  // The first pass goes as fast as the budget lets it: until then nothing is known.
  private Instant turn(Progress at) {
    Instant start = at.pass.startedAt();
    if (at.pass.lastWhole() == null || start == null) {
      return clock.instant();
    }
    Duration gap = part(properties.interval(), 0.75).dividedBy(Math.max(1, at.all));
    double places = at.done + ThreadLocalRandom.current().nextDouble();
    return start.plus(part(gap, places));
  }

  private static Duration part(Duration whole, double part) {
    return Duration.ofNanos((long) (whole.toNanos() * part));
  }

  private void end(Progress at) {
    note(at);
    passes.end(upstream.name(), me, at.pass, clock.instant());
    progress = null;
  }

  private void note(Progress at) {
    if (at.stretchSince != null) {
      passes.stretch(upstream.name(), me, at.pass, at.position, at.stretchSince);
      at.stretchSince = null;
    }
  }

  /** Notes how far it has come, and lets another replica go on at once. */
  void letGo() {
    if (progress != null) {
      note(progress);
      progress = null;
    }
    passes.release(upstream.name(), me);
  }

  /** False if nothing can be looked at now, so that this one has to have its turn again. */
  private boolean look(Watched watched) {
    Look look = unlessItCannotBeNoted(watched);
    looks(look.outcome()).increment();
    return switch (look) {
      case Look.Whole _, Look.NothingLeft _ -> {
        failuresInARow = 0;
        if (watched.hasFailed()) {
          passes.succeeded(upstream.name(), watched.name());
        }
        if (look instanceof Look.NothingLeft) {
          passes.forget(upstream.name(), watched.name());
        }
        yield true;
      }
      case Look.Failed(var reason, boolean isSick) -> {
        log.info("{} could not be looked at: {}", watched.name(), reason);
        passes.failed(upstream.name(), watched.name(), reason, properties.interval());
        if (isSick) {
          rest();
        }
        yield true;
      }
      case Look.PutOff(var reason) -> {
        log.info("The looks at {} rest: {}", upstream.name(), reason);
        rest();
        yield false;
      }
    };
  }

  // What an upstream tells of one may be such that it cannot be written down.
  private Look unlessItCannotBeNoted(Watched watched) {
    try {
      return looks.look(upstream, watched, this::goesOn);
    } catch (TransientDataAccessException
        | NonTransientDataAccessResourceException
        | CannotCreateTransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("What {} has could not be noted", watched.name(), e);
      return new Look.Failed("what was seen could not be noted", false);
    }
  }

  // A list may be longer than the lease.
  private boolean goesOn() {
    return !stopping && passes.hold(upstream.name(), me).isPresent();
  }

  // One that fails is passed over; the more do in a row, the likelier it is the upstream.
  private void rest() {
    long seconds = Math.min(LONGEST_REST.toSeconds(), 1L << Math.min(failuresInARow, 20));
    failuresInARow++;
    restUntil =
        clock
            .instant()
            .plusMillis(ThreadLocalRandom.current().nextLong(seconds * 500, seconds * 1000 + 1));
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
