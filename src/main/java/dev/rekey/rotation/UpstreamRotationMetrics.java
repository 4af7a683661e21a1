package dev.rekey.rotation;

import dev.rekey.upstream.UpstreamName;
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
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Measures what this replica does at one upstream. */
final class UpstreamRotationMetrics {

  private static final Set<MutationState> OUTCOMES = MutationState.PENDING.next();

  private static final Set<MutationState> CONCLUSIONS =
      EnumSet.of(MutationState.SUCCEEDED, MutationState.NOT_APPLIED, MutationState.ORPHAN_REMOVED);

  private static final Duration[] CALLS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 45_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final Duration[] AGES =
      Stream.of(1, 7, 30, 60, 90, 180, 365).map(Duration::ofDays).toArray(Duration[]::new);

  private static final Duration[] OVERLAPS =
      Stream.of(1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24)
          .map(Duration::ofHours)
          .toArray(Duration[]::new);

  private final String upstream;
  private final MeterRegistry meters;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Map<MutationState, Counter> outcomes;
  private final Map<MutationState, Counter> reconciled;
  private final Timer ours;
  private final Timer theirs;
  private final Timer age;
  private final Timer overlap;
  private final Counter retired;
  private final Counter retirementFailures;
  private final Counter stillUsed;
  private final Counter unconfirmed;

  UpstreamRotationMetrics(UpstreamName name, MeterRegistry meters) {
    this.upstream = name.value();
    this.meters = meters;
    Gauge.builder("rekey.rotations.in.flight", inFlight, AtomicInteger::get)
        .description("Rotations in progress on this replica")
        .tag("upstream", upstream)
        .register(meters);
    this.outcomes = counters("rekey.rotations", "Rotations by outcome", OUTCOMES);
    this.reconciled =
        counters("rekey.reconciled", "Conclusions of the reconciler about changes", CONCLUSIONS);
    this.ours = duration("ours");
    this.theirs = duration("upstream");
    this.age =
        timer(
            "rekey.credential.age.at.rotation",
            "Age of a credential when the one that replaces it is minted",
            AGES);
    this.overlap =
        timer(
            "rekey.overlap",
            "How long the old and the new credential were both valid, until one was retired",
            OVERLAPS);
    this.retired = counter("rekey.retired", "Retired credentials");
    this.retirementFailures =
        counter("rekey.retirement.failures", "Failed tries to retire a credential");
    this.stillUsed =
        counter(
            "rekey.old.credential.still.used",
            "Retirements that were postponed because the old credential is in use");
    this.unconfirmed =
        counter("rekey.rotation.unconfirmed", "Rotations that were not confirmed in time");
  }

  private Map<MutationState, Counter> counters(
      String name, String description, Set<MutationState> states) {
    var counters = new EnumMap<MutationState, Counter>(MutationState.class);
    for (MutationState state : states) {
      counters.put(state, counter(name, description, "outcome", state.name()));
    }
    return counters;
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name)
        .description(description)
        .tag("upstream", upstream)
        .tags(tags)
        .register(meters);
  }

  private Timer duration(String part) {
    return timer(
        "rekey.rotation.duration",
        "Duration of rotations: the part of the upstream's call, and the part of Rekey",
        CALLS,
        "part",
        part);
  }

  private Timer timer(String name, String description, Duration[] buckets, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tag("upstream", upstream)
        .tags(tags)
        .serviceLevelObjectives(buckets)
        .register(meters);
  }

  /** Measures a rotation since step 1 began, by {@link System#nanoTime}, until it is closed. */
  InFlight begin(long since) {
    return new InFlight(since);
  }

  void replaced(Duration ageOfOld) {
    age.record(ageOfOld);
  }

  void reconciled(MutationState conclusion) {
    Objects.requireNonNull(reconciled.get(conclusion)).increment();
  }

  void retired(Duration bothValid) {
    retired.increment();
    overlap.record(bothValid);
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

  /** Measures one rotation. Not thread-safe. */
  final class InFlight implements AutoCloseable {

    private final long since;
    private long upstreamNanos;

    /** If the steps fail, the reconciler finds the rotation as unknown. */
    private MutationState outcome = MutationState.UNKNOWN;

    private InFlight(long since) {
      this.since = since;
      inFlight.incrementAndGet();
    }

    /** Makes a call to the upstream, whose time is not Rekey's. */
    <T> T atUpstream(Supplier<T> call) {
      long sent = System.nanoTime();
      try {
        return call.get();
      } finally {
        upstreamNanos += System.nanoTime() - sent;
      }
    }

    /** Sets the outcome; the last one counts. */
    void outcome(MutationState state) {
      outcome = state;
    }

    @Override
    public void close() {
      inFlight.decrementAndGet();
      Objects.requireNonNull(outcomes.get(outcome)).increment();
      theirs.record(Duration.ofNanos(upstreamNanos));
      ours.record(Duration.ofNanos(System.nanoTime() - since - upstreamNanos));
    }
  }
}
