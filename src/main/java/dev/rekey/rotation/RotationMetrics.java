package dev.rekey.rotation;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Measures what this replica does about rotations: how many end how, how long they take, what the
 * reconciler concludes, and what becomes of older credentials. Everything is there from the start,
 * so that no rate begins with a series that was missing.
 */
@Component
class RotationMetrics {

  private static final Set<MutationState> ENDS =
      EnumSet.of(
          MutationState.SUCCEEDED,
          MutationState.NOT_ATTEMPTED,
          MutationState.REJECTED,
          MutationState.UNKNOWN,
          MutationState.COMPENSATED);

  private static final Set<MutationState> CONCLUSIONS =
      EnumSet.of(MutationState.SUCCEEDED, MutationState.NOT_APPLIED, MutationState.ORPHAN_REMOVED);

  private static final Duration[] MOMENTS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 45_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final Duration[] DAYS =
      Stream.of(1, 7, 30, 60, 90, 180, 365).map(Duration::ofDays).toArray(Duration[]::new);

  private static final Duration[] HOURS =
      Stream.of(1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24)
          .map(Duration::ofHours)
          .toArray(Duration[]::new);

  private final Map<UpstreamName, OfUpstream> each;

  RotationMetrics(Upstreams upstreams, MeterRegistry meters) {
    this.each =
        upstreams.all().stream()
            .map(Upstream::name)
            .collect(Collectors.toMap(Function.identity(), name -> new OfUpstream(name, meters)));
  }

  /** What is measured of the subject's upstream. */
  OfUpstream of(Subject subject) {
    return Objects.requireNonNull(each.get(subject.upstream()));
  }

  /** What is measured of one upstream. */
  static final class OfUpstream {

    private final String upstream;
    private final MeterRegistry meters;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<MutationState, Counter> ended = new EnumMap<>(MutationState.class);
    private final Map<MutationState, Counter> reconciled = new EnumMap<>(MutationState.class);
    private final Timer ours;
    private final Timer theirs;
    private final Timer age;
    private final Timer overlap;
    private final Counter retired;
    private final Counter retirementFailures;
    private final Counter stillUsed;
    private final Counter unconfirmed;

    private OfUpstream(UpstreamName name, MeterRegistry meters) {
      this.upstream = name.value();
      this.meters = meters;
      Gauge.builder("rekey.rotations.in.flight", inFlight, AtomicInteger::get)
          .description("Rotations of this replica that are under way")
          .tag("upstream", upstream)
          .register(meters);
      for (MutationState outcome : ENDS) {
        ended.put(
            outcome, counter("rekey.rotations", "Rotations that ended, by how they did", outcome));
      }
      for (MutationState outcome : CONCLUSIONS) {
        reconciled.put(
            outcome,
            counter("rekey.reconciled", "What the reconciler found out about changes", outcome));
      }
      this.ours = duration("ours");
      this.theirs = duration("upstream");
      this.age =
          timer(
                  "rekey.credential.age.at.rotation",
                  "How old a credential was when another one was made to take its place",
                  DAYS)
              .register(meters);
      this.overlap =
          timer(
                  "rekey.overlap",
                  "For how long the older and the newer credential both lived, once one was ended",
                  HOURS)
              .register(meters);
      this.retired = counter("rekey.retired", "Older credentials that were ended");
      this.retirementFailures =
          counter("rekey.retirement.failures", "Tries to end an older credential that failed");
      this.stillUsed =
          counter(
              "rekey.old.credential.still.used",
              "Ends of older credentials that were put off because they are used");
      this.unconfirmed =
          counter("rekey.rotation.unconfirmed", "Rotations that nobody confirmed in time");
    }

    private Counter counter(String name, String description, MutationState outcome) {
      return Counter.builder(name)
          .description(description)
          .tag("upstream", upstream)
          .tag("outcome", outcome.name())
          .register(meters);
    }

    private Counter counter(String name, String description) {
      return Counter.builder(name)
          .description(description)
          .tag("upstream", upstream)
          .register(meters);
    }

    private Timer duration(String part) {
      return timer(
              "rekey.rotation.duration",
              "How long rotations took: what the upstream's call did, and what Rekey added",
              MOMENTS)
          .tag("part", part)
          .register(meters);
    }

    private Timer.Builder timer(String name, String description, Duration[] buckets) {
      return Timer.builder(name)
          .description(description)
          .tag("upstream", upstream)
          .serviceLevelObjectives(buckets);
    }

    /**
     * A rotation is under way, until this is closed.
     *
     * @param since when step 1 began, by {@link System#nanoTime}
     */
    Underway begin(long since) {
      return new Underway(since);
    }

    void replaced(Duration ageOfOlder) {
      age.record(ageOfOlder);
    }

    void reconciled(MutationState conclusion) {
      Objects.requireNonNull(reconciled.get(conclusion)).increment();
    }

    void retired(Duration livedTogether) {
      retired.increment();
      overlap.record(livedTogether);
    }

    void retirementFailed() {
      retirementFailures.increment();
    }

    void stillUsed() {
      stillUsed.increment();
    }

    void unconfirmed() {
      unconfirmed.increment();
    }

    /** One rotation, whose steps are measured. Used by one thread. */
    final class Underway implements AutoCloseable {

      private final long since;
      private long atUpstream;

      /** What it stays if nobody can say how it ended, as the reconciler will find. */
      private MutationState outcome = MutationState.UNKNOWN;

      private Underway(long since) {
        this.since = since;
        inFlight.incrementAndGet();
      }

      /** Makes a call to the upstream, whose time is not ours. */
      <T> T atUpstream(Supplier<T> call) {
        long sent = System.nanoTime();
        try {
          return call.get();
        } finally {
          atUpstream += System.nanoTime() - sent;
        }
      }

      /** How it ends, unless this is called again. */
      void ends(MutationState as) {
        outcome = as;
      }

      @Override
      public void close() {
        inFlight.decrementAndGet();
        Objects.requireNonNull(ended.get(outcome)).increment();
        theirs.record(Duration.ofNanos(atUpstream));
        ours.record(Duration.ofNanos(System.nanoTime() - since - atUpstream));
      }
    }
  }
}
