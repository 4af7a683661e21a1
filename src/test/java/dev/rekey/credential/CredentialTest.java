package dev.rekey.credential;

import static dev.rekey.credential.CredentialFixture.CREATED;
import static dev.rekey.credential.CredentialFixture.NOW;
import static dev.rekey.credential.CredentialFixture.NO_MAX_AGE;
import static dev.rekey.credential.CredentialFixture.POLICY;
import static dev.rekey.credential.CredentialFixture.SUCCESSOR;
import static dev.rekey.credential.CredentialFixture.aCredential;
import static dev.rekey.credential.CredentialFixture.deleted;
import static dev.rekey.credential.CredentialFixture.expiring;
import static dev.rekey.credential.CredentialFixture.named;
import static dev.rekey.credential.CredentialFixture.policy;
import static dev.rekey.credential.CredentialFixture.seen;
import static dev.rekey.credential.CredentialFixture.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The transitions of a credential, what it records, and its expiry notifications. */
class CredentialTest {

  private static final Instant LATER = NOW.plusSeconds(10);

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          status,   seen,     seen deleted, retiring, unretired, retired, missing, expired
          ACTIVE,   ACTIVE,   RETIRED,      RETIRING, ACTIVE,    RETIRED, MISSING, EXPIRED
          RETIRING, RETIRING, RETIRED,      RETIRING, ACTIVE,    RETIRED, MISSING, RETIRING
          RETIRED,  ACTIVE,   RETIRED,      RETIRED,  RETIRED,   RETIRED, MISSING, EXPIRED
          EXPIRED,  EXPIRED,  RETIRED,      EXPIRED,  EXPIRED,   RETIRED, MISSING, EXPIRED
          MISSING,  ACTIVE,   MISSING,      MISSING,  MISSING,   RETIRED, MISSING, EXPIRED
          """)
  void everyStatusHasATransitionForEveryVerb(
      CredentialStatus from,
      CredentialStatus seen,
      CredentialStatus seenDeleted,
      CredentialStatus retiring,
      CredentialStatus unretired,
      CredentialStatus retired,
      CredentialStatus missing,
      CredentialStatus expired) {
    assertThat(after(from, it -> it.observe(sameAs(from), LATER, POLICY))).isEqualTo(seen);
    assertThat(after(from, it -> it.observe(deleted(NOW), LATER, POLICY))).isEqualTo(seenDeleted);
    assertThat(after(from, it -> it.markRetiring(SUCCESSOR))).isEqualTo(retiring);
    assertThat(after(from, Credential::unretire)).isEqualTo(unretired);
    assertThat(after(from, it -> it.markRetired(LATER))).isEqualTo(retired);
    assertThat(after(from, it -> it.markMissing(null, LATER))).isEqualTo(missing);
    assertThat(after(from, CredentialTest::letExpire)).isEqualTo(expired);
  }

  private static CredentialStatus after(CredentialStatus from, Consumer<Credential> verb) {
    Credential credential = aCredential(from);
    assertThat(credential.status()).isEqualTo(from);
    verb.accept(credential);
    return credential.status();
  }

  private static UpstreamCredential sameAs(CredentialStatus status) {
    return status == CredentialStatus.EXPIRED ? expiring(NOW.minusSeconds(1)) : seen();
  }

  private static void letExpire(Credential credential) {
    credential.observe(expiring(LATER), LATER, POLICY);
    credential.notifyExpiry(POLICY, LATER);
  }

  @Test
  void expiredCredentialIsActiveAgainWithALaterExpiry() {
    Credential credential = aCredential(CredentialStatus.EXPIRED);

    credential.observe(expiring(LATER.plusSeconds(1)), LATER, POLICY);

    assertThat(credential.status()).isEqualTo(CredentialStatus.ACTIVE);
  }

  @Test
  void retirementRecordsTheSuccessorUntilItIsCancelled() {
    Credential credential = aCredential();

    credential.markRetiring(SUCCESSOR);
    assertThat(credential.replacedBy()).isEqualTo(SUCCESSOR);

    credential.unretire();
    assertThat(credential.replacedBy()).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = CredentialStatus.class,
      names = {"RETIRED", "MISSING"})
  void firstSuccessorOfAGoneCredentialStays(CredentialStatus gone) {
    Credential credential = aCredential(gone);

    credential.replaceWith(SUCCESSOR);
    credential.replaceWith(UUID.randomUUID());

    assertThat(credential.replacedBy()).isEqualTo(SUCCESSOR);
  }

  @ParameterizedTest
  @EnumSource(
      value = CredentialStatus.class,
      names = {"ACTIVE", "EXPIRED"})
  void presentCredentialHasNoSuccessor(CredentialStatus present) {
    Credential credential = aCredential(present);

    credential.replaceWith(SUCCESSOR);

    assertThat(credential.replacedBy()).isNull();
  }

  @Test
  void onlyADiscoveredCredentialIsAdopted() {
    Credential discovered = aCredential();
    Credential minted = aCredential();
    minted.recordMint(seen(), UUID.randomUUID(), LATER, POLICY);

    assertThat(discovered.adopt()).isTrue();
    assertThat(discovered.adopt()).isFalse();
    assertThat(minted.adopt()).isFalse();
    assertThat(minted.origin()).isEqualTo(CredentialOrigin.MINTED);
  }

  @Test
  void retirementKeepsTheTimeOfDeletionThatTheUpstreamReported() {
    Credential reported = aCredential();
    reported.observe(deleted(NOW), LATER, POLICY);
    Credential unreported = aCredential();

    reported.markRetired(LATER);
    unreported.markRetired(LATER);

    assertThat(reported.facts().deletedAt()).isEqualTo(NOW);
    assertThat(unreported.facts().deletedAt()).isEqualTo(LATER);
  }

  @Test
  void olderResponseChangesNothing() {
    Credential credential = aCredential();
    Instant before = NOW.minusMillis(1);

    credential.observe(named("older"), before, POLICY);

    assertThat(credential.facts().displayName()).isEqualTo("name");
    assertThat(credential.observedAt()).isEqualTo(NOW);
    assertThat(credential.hasChanges(named("older"), before)).isFalse();
    assertThat(credential.wouldChange(named("older"), before)).isFalse();
  }

  @Test
  void responseWithoutDifferencesIsRecordedOnceAMinute() {
    Credential credential = aCredential();
    Instant soon = NOW.plusSeconds(60);
    Instant later = NOW.plusSeconds(61);

    assertThat(credential.wouldChange(seen(), soon)).isFalse();
    assertThat(credential.wouldChange(seen(), later)).isTrue();
    assertThat(credential.hasChanges(seen(), later)).isFalse();
    credential.observe(seen(), soon, POLICY);
    assertThat(credential.observedAt()).isEqualTo(NOW);
    credential.observe(seen(), later, POLICY);
    assertThat(credential.observedAt()).isEqualTo(later);
  }

  @Test
  void responseWithDifferencesIsRecordedAtOnce() {
    Credential credential = aCredential();

    assertThat(credential.hasChanges(used(NOW), LATER)).isTrue();
    assertThat(credential.wouldChange(used(NOW), LATER)).isTrue();
    credential.observe(used(NOW), LATER, POLICY);

    assertThat(credential.facts().lastUsedAt()).isEqualTo(NOW);
    assertThat(credential.observedAt()).isEqualTo(LATER);
  }

  @Test
  void goneCredentialThatIsSeenAgainHasChangesButNoDrift() {
    Credential credential = aCredential(CredentialStatus.MISSING);

    assertThat(credential.hasChanges(seen(), LATER)).isTrue();
    assertThat(credential.drift(seen())).isEmpty();
  }

  @Test
  void changeThroughRekeyLeavesOtherDifferencesAsDrift() {
    Credential credential = aCredential();
    var renamed = expiring(LATER);

    credential.applyChange(new CredentialNaming("name", null), renamed, LATER, POLICY);

    assertThat(credential.facts().expiresAt()).isNull();
    assertThat(credential.observedAt()).isEqualTo(LATER);
    assertThat(credential.drift(renamed))
        .singleElement()
        .satisfies(change -> assertThat(change.field()).isEqualTo("expiresAt"));
  }

  @Test
  void maximumAgeAppliesUnlessTheUpstreamHasAnExpiry() {
    Credential credential = aCredential();
    assertThat(credential.policyExpiresAt()).isEqualTo(CREATED.plus(Duration.ofDays(365)));

    credential.observe(expiring(LATER), LATER, POLICY);
    assertThat(credential.policyExpiresAt()).isNull();

    credential.observe(seen(), LATER, NO_MAX_AGE);
    assertThat(credential.policyExpiresAt()).isNull();
    assertThat(credential.expiryNotice()).isEqualTo(ExpiryNotice.NONE);
  }

  @Test
  void onlyTheNearestOfSeveralReachedThresholdsIsNotified() {
    Credential credential = aCredential();
    credential.observe(expiring(NOW.plus(Duration.ofDays(6))), NOW, POLICY);

    assertThat(credential.notifyExpiry(POLICY, NOW))
        .hasValueSatisfying(
            reached -> {
              assertThat(reached.days()).isEqualTo(7);
              assertThat(reached.byPolicy()).isFalse();
              assertThat(reached.isExpiry()).isFalse();
            });
    assertThat(credential.notifyExpiry(POLICY, NOW)).isEmpty();
    assertThat(credential.notifyExpiry(POLICY, NOW.plus(Duration.ofDays(4)))).isEmpty();
    assertThat(credential.notifyExpiry(POLICY, NOW.plus(Duration.ofDays(5))))
        .hasValueSatisfying(reached -> assertThat(reached.days()).isEqualTo(1));
  }

  @Test
  void credentialAtItsMaximumAgeStaysActive() {
    Credential credential = aCredential();
    Instant expiry = CREATED.plus(Duration.ofDays(365));

    assertThat(credential.notifyExpiry(POLICY, expiry))
        .hasValueSatisfying(
            reached -> {
              assertThat(reached.isExpiry()).isTrue();
              assertThat(reached.byPolicy()).isTrue();
            });
    assertThat(credential.status()).isEqualTo(CredentialStatus.ACTIVE);
    assertThat(credential.notifyExpiry(POLICY, expiry.plusSeconds(1))).isEmpty();
  }

  @Test
  void policyThatMovesTheExpiryNotifiesItAnew() {
    Credential credential = aCredential();
    ExpiryPolicy shorter = policy(Duration.ofDays(200));
    Instant now = CREATED.plus(Duration.ofDays(199));

    assertThat(credential.notifyExpiry(POLICY, now)).isEmpty();
    assertThat(credential.notifyExpiry(shorter, now))
        .hasValueSatisfying(reached -> assertThat(reached.days()).isEqualTo(1));
    assertThat(credential.notifyExpiry(shorter, now)).isEmpty();
    credential.plan(POLICY);
    assertThat(credential.notifyExpiry(shorter, now)).isPresent();
  }

  @ParameterizedTest
  @EnumSource(value = CredentialStatus.class, mode = EnumSource.Mode.EXCLUDE, names = "ACTIVE")
  void onlyAnActiveCredentialIsNotified(CredentialStatus status) {
    Credential credential = aCredential(status);

    assertThat(credential.notifyExpiry(POLICY, NOW.plus(Duration.ofDays(400)))).isEmpty();
    assertThat(credential.status()).isEqualTo(status);
  }
}
