package dev.rekey.automation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.PolicyInForce;
import dev.rekey.credential.TestPolicyInForce;
import dev.rekey.credential.refresh.BackgroundUpstreams;
import dev.rekey.platform.Ids;
import dev.rekey.policy.Policies;
import dev.rekey.policy.TestPolicies;
import dev.rekey.rotation.SimulatedRotations;
import dev.rekey.rotation.SimulatedRotations.Try;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A year of policies on two replicas, at a time that the test sets: with change windows, a freeze,
 * both changes of the clocks, failures, lost replicas and restarts. {@code
 * -Dpolicies.subjects=2000} sets the number of subjects.
 */
class PolicyYearIT extends RekeyIT {

  private static final int SUBJECTS = Integer.getInteger("policies.subjects", 60);
  private static final int MAX_CONCURRENT = 8;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");
  private static final int STEP_MINUTES = Integer.getInteger("policies.step-minutes", 30);
  private static final Duration STEP = Duration.ofMinutes(STEP_MINUTES);
  private static final Duration MAX_AGE = Duration.ofDays(60);
  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** Connectors by age in windows, accounts by age outside nights, and connectors by expiry. */
  private static final Map<String, String> POLICIES =
      Map.ofEntries(
          Map.entry("policies[0].name", "expiring"),
          Map.entry("policies[0].subjects[0]", "apps/expiring/connectors/*"),
          Map.entry("policies[0].actions[0].action", "rotate"),
          Map.entry("policies[0].actions[0].time-before-expiry", "P4D"),
          Map.entry("policies[0].windows.zone", "Europe/Berlin"),
          Map.entry("policies[0].windows.windows[0].schedule", "0 10 * * 0"),
          Map.entry("policies[0].windows.windows[0].duration", "PT8H"),
          Map.entry("policies[0].ramp", "P1D"),
          Map.entry("policies[0].deliver-to", "all"),
          Map.entry("policies[1].name", "connectors"),
          Map.entry("policies[1].subjects[0]", "apps/*/connectors/*"),
          Map.entry("policies[1].actions[0].action", "rotate"),
          Map.entry("policies[1].actions[0].time-after-create", "P60D"),
          Map.entry("policies[1].windows.zone", "Europe/Berlin"),
          Map.entry("policies[1].windows.windows[0].schedule", "0 9 * * 2-4"),
          Map.entry("policies[1].windows.windows[0].duration", "PT6H"),
          Map.entry("policies[1].jitter", "PT5H"),
          Map.entry("policies[1].deliver-to", "all"),
          Map.entry("policies[2].name", "accounts"),
          Map.entry("policies[2].subjects[0]", "organizations/*/service-accounts/*"),
          Map.entry("policies[2].actions[0].action", "rotate"),
          Map.entry("policies[2].actions[0].time-after-create", "P60D"),
          Map.entry("policies[2].windows.kind", "deny"),
          Map.entry("policies[2].windows.zone", "Europe/Berlin"),
          Map.entry("policies[2].windows.windows[0].schedule", "30 1 * * *"),
          Map.entry("policies[2].windows.windows[0].duration", "PT4H"),
          Map.entry("policies[2].deliver-to", "all"),
          Map.entry("freezes[0].zone", "Europe/Berlin"),
          Map.entry("freezes[0].windows[0].schedule", "0 0 1 7 *"),
          Map.entry("freezes[0].windows[0].duration", "P10D"));

  @Autowired private JdbcClient jdbc;
  @Autowired private AuditLog audit;
  @Autowired private Upstreams upstreams;
  @Autowired private BackgroundUpstreams background;
  @Autowired private TransactionTemplate transaction;
  @Autowired private AutowireCapableBeanFactory beans;

  private final Policies policies = TestPolicies.of(POLICIES, START);
  private final Random random = new Random(2026);
  private final MovedClock clock = new MovedClock();
  private final Map<String, Instant> firstCreated = new HashMap<>();
  private @Nullable Object inForce;

  private static final class MovedClock extends Clock {

    private volatile Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void rememberThePoliciesInForce() {
    inForce = query("select fingerprint from expiry_policy").getFirst().get("fingerprint");
  }

  @AfterEach
  void restoreThem() {
    execute("update expiry_policy set fingerprint = ?", inForce);
  }

  @Test
  void everyRotationIsDueAndInAWindowAndNoneIsForgotten() throws IOException {
    List<Subject> subjects = subjects();
    transaction.executeWithoutResult(_ -> subjects.forEach(this::createFirst));
    var rotations =
        new SimulatedRotations(
            jdbc, transaction, clock, random, subject -> expires(subject) ? LIFETIME : null);

    runAYear(subjects, rotations);

    Map<String, List<Try>> bySubject = new TreeMap<>();
    var successes = new ArrayList<Try>();
    for (Try each : rotations.tries()) {
      assertIsAllowed(each);
      if (each.succeeded()) {
        successes.add(each);
        bySubject.computeIfAbsent(each.subject().name(), _ -> new ArrayList<>()).add(each);
      }
    }
    assertThat(bySubject.keySet()).hasSameElementsAs(subjects.stream().map(Subject::name).toList());
    bySubject.forEach((name, all) -> assertIsInTime(all, firstCreated.get(name)));
    assertThat(rotations.mostInProgress()).isBetween(2, MAX_CONCURRENT);
    assertThat(haltedCredentials()).isZero();
    writeHistogram(successes);
  }

  private void runAYear(List<Subject> subjects, SimulatedRotations rotations) {
    var replicas =
        new ArrayList<>(List.of(replica(subjects, rotations), replica(subjects, rotations)));
    int steps = 0;
    for (Instant now = START; now.isBefore(END); now = next(now, replicas.getFirst())) {
      clock.now = now;
      endClaims();
      try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
        replicas.forEach(each -> both.execute(each.job()::sweep));
      }
      if (++steps % 100 == 0) {
        replicas.set(steps / 100 % 2, replica(subjects, rotations));
      }
    }
  }

  /** The next step at which a rotation starts. */
  private Instant next(Instant now, Replica replica) {
    endClaims();
    Instant first =
        replica.schedule().all(now).stream()
            .map(each -> each.next().at())
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(END);
    Instant step = now.plus(STEP);
    while (step.isBefore(first)) {
      step = step.plus(STEP);
    }
    return step;
  }

  /** Ends the claims of lost replicas, as each step is longer than the 90 s of a claim. */
  private void endClaims() {
    jdbc.sql("update automation set claimed_until = null where claimed_until is not null").update();
  }

  private record Replica(Schedule schedule, DueRotations job) {}

  private Replica replica(List<Subject> subjects, SimulatedRotations rotations) {
    var covered =
        new CoveredSubjects(
            subjects.stream()
                .map(each -> new Covered(each, policies.of(each), each.name(), "nowhere"))
                .toList());
    var schedule = new Schedule(covered, upstreams, jdbc);
    PolicyInForce inForce = TestPolicyInForce.of(policies, jdbc);
    var ledger =
        (AutomationLedger)
            beans.initializeBean(
                new AutomationLedger(jdbc, schedule, inForce, audit, clock), "ledger");
    return new Replica(
        schedule,
        new DueRotations(
            covered,
            schedule,
            ledger,
            rotations,
            inForce,
            background,
            new AutomationProperties(Duration.ofSeconds(15), MAX_CONCURRENT),
            new AutomationMetrics(covered, schedule, new SimpleMeterRegistry(), clock),
            clock));
  }

  private static List<Subject> subjects() {
    var subjects = new ArrayList<Subject>();
    for (int i = 0; i < SUBJECTS; i++) {
      subjects.add(
          switch (i % 5) {
            case 0 -> connector("expiring", i);
            case 1 ->
                Subject.of("keycard", "organizations/acme/service-accounts/a-%04d".formatted(i));
            default -> connector("crm", i);
          });
    }
    return subjects;
  }

  private static Subject connector(String app, int number) {
    return Subject.of("conductorone", "apps/%s/connectors/c-%04d".formatted(app, number));
  }

  private static boolean expires(Subject subject) {
    return subject.name().startsWith("apps/expiring/");
  }

  private void createFirst(Subject subject) {
    boolean expires = expires(subject);
    Instant created =
        START.minus(Duration.ofMinutes(random.nextInt(expires ? 28 * 1440 : 120 * 1440)));
    firstCreated.put(subject.name(), created);
    SimulatedRotations.insert(
        jdbc, subject, Ids.next(), created, expires ? created.plus(LIFETIME) : null);
  }

  /** Computed here in another way than in Rekey. */
  private static void assertIsAllowed(Try each) {
    ZonedDateTime local = each.at().atZone(BERLIN);
    boolean isFrozen = local.getMonthValue() == 7 && local.getDayOfMonth() <= 10;
    String name = each.subject().name();
    boolean isOpen =
        !isFrozen
            && (expires(each.subject())
                ? local.getDayOfWeek().getValue() == 7 && isBetween(local, 10, 18)
                : name.startsWith("apps/")
                    ? local.getDayOfWeek().getValue() >= 2
                        && local.getDayOfWeek().getValue() <= 4
                        && isBetween(local, 9, 15)
                    : !isNight(each.at()));
    boolean saysItBreaks = each.why().contains("outside its change window");
    assertThat(isOpen || (saysItBreaks && expires(each.subject()))).as("%s", each).isTrue();
  }

  private static boolean isBetween(ZonedDateTime local, int from, int to) {
    return local.getHour() >= from && local.getHour() < to;
  }

  // Four elapsed hours from 01:30 of the local day, which exists on each day of the year.
  private static boolean isNight(Instant at) {
    ZonedDateTime start = at.atZone(BERLIN).toLocalDate().atTime(1, 30).atZone(BERLIN);
    return !at.isBefore(start.toInstant())
        && at.isBefore(start.toInstant().plus(Duration.ofHours(4)));
  }

  /** None is too early, which includes twice, and none is too late. */
  private static void assertIsInTime(List<Try> all, @Nullable Instant created) {
    Instant since = Objects.requireNonNull(created);
    for (Try each : all) {
      Duration age = Duration.between(since, each.at());
      if (expires(each.subject())) {
        assertThat(age).as("%s", each).isBetween(LIFETIME.minusDays(4), LIFETIME);
      } else {
        assertThat(age).as("%s", each).isGreaterThanOrEqualTo(MAX_AGE);
        // A freeze, a week to the next window, and failures; at first the ramp, too.
        assertThat(age)
            .as("%s", each)
            .isLessThan(since.isBefore(START) ? Duration.ofDays(145) : MAX_AGE.plusDays(25));
      }
      since = each.at();
    }
    assertThat(Duration.between(since, END))
        .as("%s", all.getLast())
        .isLessThan(MAX_AGE.plusDays(25));
  }

  private static long haltedCredentials() {
    return numberOf("select count(*) from automation where halted_at is not null");
  }

  /** When in their windows the connectors are rotated. */
  private static void writeHistogram(List<Try> successes) throws IOException {
    var counts = new TreeMap<Integer, Integer>();
    successes.stream()
        .filter(each -> each.subject().name().startsWith("apps/crm/"))
        .map(each -> each.at().atZone(BERLIN))
        .map(local -> local.getHour() * 60 + local.getMinute() - 9 * 60)
        .sorted(Comparator.naturalOrder())
        .forEach(minute -> counts.merge(minute, 1, Integer::sum));
    var lines = new ArrayList<String>();
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(1);
    counts.forEach(
        (minute, count) ->
            lines.add(
                "%02d:%02d %5d %s"
                    .formatted(
                        9 + minute / 60, minute % 60, count, "#".repeat(count * 50 / most))));
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target", "policy-year.txt"), lines);
    // The jitter of five hours covers so many steps. None has far more than its share.
    int steps = 300 / STEP_MINUTES;
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(counts).hasSizeGreaterThanOrEqualTo(steps);
    assertThat(most).isLessThan(all * 5 / (2 * steps));
  }
}
