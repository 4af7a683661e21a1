package dev.rekey.automation;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.Policy;
import dev.rekey.policy.WaitsFor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts what this replica rotates for policies, and measures what they wait for. Without a policy
 * that rotates there is no series.
 */
@Component
class AutomationMetrics {

  private static final String POLICY = "policy";

  private final Schedule schedule;
  private final MeterRegistry meters;
  private final Clock clock;
  private final LatestSample<Sample> last = new LatestSample<>();

  AutomationMetrics(CoveredSubjects covered, Schedule schedule, MeterRegistry meters, Clock clock) {
    this.schedule = schedule;
    this.meters = meters;
    this.clock = clock;
    covered.byPolicy().keySet().forEach(this::register);
  }

  private record Sample(Instant at, List<PlannedRotation> planned) {

    Stream<PlannedRotation> of(Policy policy) {
      return planned.stream().filter(each -> each.covered().policy().equals(policy));
    }

    Stream<NextRotation> overdue(Policy policy) {
      return of(policy).map(PlannedRotation::next).filter(next -> next.isOverdue(at));
    }
  }

  private enum Outcome {
    succeeded,
    failed
  }

  private void register(Policy policy) {
    for (WaitsFor waitsFor : WaitsFor.values()) {
      Gauge.builder(
              "rekey.automation.subjects",
              last,
              sample -> sample.number(all -> count(all, policy, waitsFor)))
          .description("Subjects that the policy rotates, by what their next rotation waits for")
          .tag(POLICY, policy.name())
          .tag("waits_for", waitsFor.name())
          .register(meters);
    }
    gauge(
        "rekey.automation.overdue",
        "Subjects whose credential is due, and that are not rotated yet",
        null,
        policy,
        sample -> sample.overdue(policy).count());
    gauge(
        "rekey.automation.oldest.overdue",
        "How long the longest of them has been due; 0 if there is none",
        "seconds",
        policy,
        sample -> oldest(sample, policy));
    gauge(
        "rekey.automation.next.start",
        "When the next rotation starts at the earliest; NaN if none is planned",
        "seconds",
        policy,
        sample -> next(sample, policy));
    for (Outcome outcome : Outcome.values()) {
      counter(policy, outcome);
    }
  }

  private void gauge(
      String name,
      String description,
      @Nullable String unit,
      Policy policy,
      ToDoubleFunction<Sample> value) {
    Gauge.builder(name, last, sample -> sample.number(value))
        .description(description)
        .baseUnit(unit)
        .tag(POLICY, policy.name())
        .register(meters);
  }

  private static double count(Sample sample, Policy policy, WaitsFor waitsFor) {
    Predicate<NextRotation> wanted = next -> next.waitsFor() == waitsFor;
    return sample.of(policy).map(PlannedRotation::next).filter(wanted).count();
  }

  private static double oldest(Sample sample, Policy policy) {
    return sample
        .overdue(policy)
        .map(NextRotation::dueAt)
        .filter(Objects::nonNull)
        .mapToDouble(due -> Duration.between(due, sample.at()).toMillis() / 1_000.0)
        .max()
        .orElse(0);
  }

  private static double next(Sample sample, Policy policy) {
    return sample
        .of(policy)
        .map(each -> each.next().at())
        .filter(Objects::nonNull)
        .mapToDouble(Instant::getEpochSecond)
        .min()
        .orElse(Double.NaN);
  }

  private Counter counter(Policy policy, Outcome outcome) {
    return Counter.builder("rekey.automation.rotations")
        .description("Rotations that this replica began for the policy")
        .tag(POLICY, policy.name())
        .tag("outcome", outcome.name())
        .register(meters);
  }

  void succeeded(Policy policy) {
    counter(policy, Outcome.succeeded).increment();
  }

  void failed(Policy policy) {
    counter(policy, Outcome.failed).increment();
  }

  /** Measures once. */
  @Scheduled(fixedDelayString = "15s")
  void sample() {
    last.take(
        () -> {
          Instant now = clock.instant();
          return new Sample(now, schedule.all(now));
        });
  }
}
