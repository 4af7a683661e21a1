package dev.rekey.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a policy rotates a credential. */
class PolicyTest {

  private static final Subject OKTA = subject("okta");
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant DUE = CREATED.plus(Duration.ofDays(60));

  @Test
  void credentialIsDueAtItsAge() {
    NextRotation next = policy(Map.of()).next(credential(), DUE.minusSeconds(1));

    assertThat(next).isEqualTo(new NextRotation(DUE, DUE, WaitsFor.DUE_TIME, false));
    assertThat(policy(Map.of()).next(credential(), DUE).waitsFor()).isEqualTo(WaitsFor.TURN);
  }

  @Test
  void earliestRuleCounts() {
    Policy policy =
        policy(
            Map.of(
                "actions[1].action", "rotate",
                "actions[1].time-before-expiry", "P10D"));

    assertThat(policy.next(expiring(DUE.plus(Duration.ofDays(3))), CREATED).dueAt())
        .isEqualTo(DUE.minus(Duration.ofDays(7)));
    assertThat(policy.next(expiring(DUE.plus(Duration.ofDays(30))), CREATED).dueAt())
        .isEqualTo(DUE);
    assertThat(policy.next(credential(), CREATED).dueAt()).isEqualTo(DUE);
  }

  @Test
  void newCredentialIsNeverDueByItsExpiry() {
    Policy policy =
        built(
            Map.of("actions[0].action", "rotate", "actions[0].time-before-expiry", "P400D"),
            Map.of());

    assertThat(policy.next(expiring(CREATED.plus(Duration.ofDays(90))), CREATED).dueAt())
        .isEqualTo(CREATED.plus(Duration.ofDays(45)));
  }

  @Test
  void withoutAnExpiryARuleAboutItNeverApplies() {
    Policy policy = byExpiry(Map.of());

    assertThat(policy.next(credential(), DUE)).isEqualTo(NextRotation.never(WaitsFor.DUE_TIME));
  }

  @Test
  void jitterIsAlwaysTheSameForASubjectAndDiffersAmongSubjects() {
    Policy policy = policy(Map.of("jitter", "PT10H"));
    var places =
        IntStream.range(0, 1_000)
            .mapToObj(i -> policy.next(of(subject("c" + i)), CREATED).at())
            .toList();

    assertThat(places)
        .allMatch(at -> at != null && !at.isBefore(DUE) && at.isBefore(DUE.plusSeconds(36_000)));
    assertThat(places.stream().distinct().count()).isGreaterThan(990);
    // In each tenth of the time there is about a tenth of them.
    for (int hour = 0; hour < 10; hour++) {
      Instant from = DUE.plus(Duration.ofHours(hour));
      assertThat(places)
          .filteredOn(
              at -> at != null && !at.isBefore(from) && at.isBefore(from.plusSeconds(3_600)))
          .hasSizeBetween(60, 140);
    }
    assertThat(policy.next(of(subject("c7")), CREATED).at()).isEqualTo(places.get(7));
  }

  @Test
  void overdueCredentialsGetAFirstSlotInTheRampOfANewPolicy() {
    Policy policy = policy(Map.of("ramp", "P10D"));
    Instant since = DUE.plus(Duration.ofDays(100));
    var slots =
        IntStream.range(0, 1_000)
            .mapToObj(i -> policy.next(ruledSince(subject("c" + i), since), since))
            .toList();

    assertThat(slots)
        .allMatch(next -> next.waitsFor() == WaitsFor.FIRST_SLOT)
        .allMatch(next -> next.at() != null && next.at().isAfter(since.plus(Duration.ofHours(23))))
        .allMatch(next -> next.at() != null && next.at().isBefore(since.plus(Duration.ofDays(10))));
  }

  @Test
  void rampEndsBeforeTheExpiry() {
    Policy policy = byExpiry(Map.of("ramp", "P30D"));
    Instant since = DUE;
    Instant expiry = DUE.plus(Duration.ofDays(4));
    NextRotation next =
        policy.next(new Standing(OKTA, CREATED, expiry, since, 0, null, false, null, false), since);

    assertThat(next.waitsFor()).isEqualTo(WaitsFor.FIRST_SLOT);
    assertThat(next.at()).isBefore(DUE.plus(Duration.ofDays(2)));
  }

  @Test
  void credentialThatBecomesDueLaterNeedsNoSlot() {
    NextRotation next =
        policy(Map.of("ramp", "P10D")).next(ruledSince(OKTA, DUE.minusSeconds(1)), DUE);

    assertThat(next.at()).isEqualTo(DUE);
  }

  @Test
  void dueCredentialWaitsForItsWindow() {
    // A Monday.
    Instant now = Instant.parse("2026-03-02T12:00:00Z");
    NextRotation next = policy(tuesdays()).next(credential(), now);

    assertThat(next)
        .isEqualTo(
            new NextRotation(DUE, Instant.parse("2026-03-03T09:00:00Z"), WaitsFor.WINDOW, false));
  }

  @Test
  void missedWindowWaitsForTheNext() {
    Policy policy = policy(tuesdays());

    assertThat(policy.next(credential(), Instant.parse("2026-03-03T14:59:59Z")).isReady()).isTrue();
    assertThat(policy.next(credential(), Instant.parse("2026-03-03T15:00:00Z")).at())
        .isEqualTo(Instant.parse("2026-03-10T09:00:00Z"));
  }

  @Test
  void jitterSpreadsWhatAWindowReleases() {
    var settings = new HashMap<>(tuesdays());
    settings.put("jitter", "PT2H");
    Policy policy = policy(settings);
    Instant now = Instant.parse("2026-03-02T12:00:00Z");
    Instant opens = Instant.parse("2026-03-03T09:00:00Z");

    assertThat(
            IntStream.range(0, 200)
                .mapToObj(i -> policy.next(of(subject("c" + i)), now).at())
                .distinct())
        .hasSizeGreaterThan(190)
        .allMatch(at -> at != null && !at.isBefore(opens) && at.isBefore(opens.plusSeconds(7_200)));
  }

  @Test
  void expiryBreaksAWindowThatComesTooLate() {
    Policy policy = byExpiry(tuesdays());
    // A Wednesday, and Monday is before the next window.
    Instant now = Instant.parse("2026-03-04T12:00:00Z");
    NextRotation tooLate = policy.next(expiring(Instant.parse("2026-03-09T12:00:00Z")), now);
    NextRotation inTime = policy.next(expiring(Instant.parse("2026-03-10T12:00:00Z")), now);

    assertThat(tooLate.breaksWindow()).isTrue();
    assertThat(tooLate.isReady()).isTrue();
    assertThat(inTime.breaksWindow()).isFalse();
    assertThat(inTime.at()).isEqualTo(Instant.parse("2026-03-10T09:00:00Z"));
  }

  @Test
  void ageNeverBreaksAWindow() {
    Policy policy = policy(tuesdays());
    Instant now = Instant.parse("2026-03-04T12:00:00Z");

    assertThat(policy.next(expiring(Instant.parse("2026-03-09T12:00:00Z")), now))
        .isEqualTo(
            new NextRotation(DUE, Instant.parse("2026-03-10T09:00:00Z"), WaitsFor.WINDOW, false));
  }

  @Test
  void failureBacksOffWithinTheWindow() {
    Policy policy = policy(tuesdays());
    Instant tried = Instant.parse("2026-03-03T10:00:00Z");

    assertThat(policy.next(tried(1, tried), tried).at())
        .isEqualTo(tried.plus(Duration.ofMinutes(5)));
    assertThat(policy.next(tried(2, tried), tried))
        .isEqualTo(
            new NextRotation(DUE, tried.plus(Duration.ofMinutes(10)), WaitsFor.RETRY, false));
  }

  @Test
  void lastTryOfACycleWaitsForTheNextWindow() {
    Instant tried = Instant.parse("2026-03-03T10:00:00Z");

    assertThat(policy(tuesdays()).next(tried(3, tried), tried).at())
        .isEqualTo(Instant.parse("2026-03-10T09:00:00Z"));
  }

  @Test
  void withoutWindowsACycleIsADay() {
    assertThat(policy(Map.of()).next(tried(3, DUE), DUE).at())
        .isEqualTo(DUE.plus(Duration.ofDays(1)));
  }

  @Test
  void triesGoOnIfTheNextCycleIsAfterTheExpiry() {
    // A Wednesday, and Monday is before the next window.
    Instant tried = Instant.parse("2026-03-04T12:00:00Z");
    Instant expiry = Instant.parse("2026-03-05T12:00:00Z");
    var failed = new Standing(OKTA, CREATED, expiry, CREATED, 3, tried, false, null, false);

    NextRotation next = byExpiry(tuesdays()).next(failed, tried);

    assertThat(next.at()).isEqualTo(tried.plus(Duration.ofMinutes(20)));
    assertThat(next.breaksWindow()).isTrue();
    assertThat(byExpiry(Map.of()).next(failed, tried).at())
        .isEqualTo(tried.plus(Duration.ofMinutes(20)));
  }

  @Test
  void windowThatOpensJustBeforeTheExpiryIsTooLate() {
    Policy policy = byExpiry(tuesdays());
    Instant now = Instant.parse("2026-03-04T12:00:00Z");

    assertThat(policy.next(expiring(Instant.parse("2026-03-10T09:59:00Z")), now).breaksWindow())
        .isTrue();
    assertThat(policy.next(expiring(Instant.parse("2026-03-10T10:01:00Z")), now).breaksWindow())
        .isFalse();
  }

  @Test
  void haltedCredentialWaitsForAnAdmin() {
    var halted = new Standing(OKTA, CREATED, null, CREATED, 9, DUE, true, null, false);

    assertThat(policy(Map.of()).next(halted, DUE))
        .isEqualTo(new NextRotation(DUE, null, WaitsFor.AUTOMATION_HALTED, false));
  }

  @Test
  void pausedCredentialStartsAfterThePause() {
    Instant until = DUE.plus(Duration.ofDays(3));
    var paused = new Standing(OKTA, CREATED, null, CREATED, 0, null, false, until, false);

    assertThat(policy(Map.of()).next(paused, DUE))
        .isEqualTo(new NextRotation(DUE, until, WaitsFor.PAUSE, false));
    assertThat(policy(Map.of()).next(paused, until).isReady()).isTrue();
  }

  @Test
  void openRotationIsWaitedFor() {
    var busy = new Standing(OKTA, CREATED, null, CREATED, 0, null, false, null, true);

    assertThat(policy(Map.of()).next(busy, DUE))
        .isEqualTo(new NextRotation(DUE, null, WaitsFor.ROTATION, false));
  }

  private static Map<String, String> tuesdays() {
    return Map.of(
        "windows.windows[0].schedule", "0 9 * * 2", "windows.windows[0].duration", "PT6H");
  }

  private static Policy policy(Map<String, String> more) {
    return built(
        Map.of("actions[0].action", "rotate", "actions[0].time-after-create", "P60D"), more);
  }

  private static Policy byExpiry(Map<String, String> more) {
    return built(
        Map.of("actions[0].action", "rotate", "actions[0].time-before-expiry", "P10D"), more);
  }

  private static Policy built(Map<String, String> rule, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("policies[0].name", "connectors");
    settings.put("policies[0].deliver-to", "okta-secret");
    settings.put("policies[0].jitter", "PT0S");
    rule.forEach((name, value) -> settings.put("policies[0]." + name, value));
    more.forEach((name, value) -> settings.put("policies[0]." + name, value));
    return TestPolicies.of(settings, CREATED).of(OKTA);
  }

  private static Standing credential() {
    return of(OKTA);
  }

  private static Standing of(Subject subject) {
    return new Standing(subject, CREATED, null, CREATED, 0, null, false, null, false);
  }

  private static Standing expiring(@Nullable Instant expiresAt) {
    return new Standing(OKTA, CREATED, expiresAt, CREATED, 0, null, false, null, false);
  }

  private static Standing ruledSince(Subject subject, Instant since) {
    return new Standing(subject, CREATED, null, since, 0, null, false, null, false);
  }

  private static Standing tried(int tries, Instant at) {
    return new Standing(OKTA, CREATED, null, CREATED, tries, at, false, null, false);
  }

  private static Subject subject(String connector) {
    return Subject.of("conductorone", "apps/crm/connectors/" + connector);
  }
}
