package dev.rekey.credential;

import static dev.rekey.credential.CredentialFixture.NOW;
import static dev.rekey.credential.CredentialFixture.NO_MAX_AGE;
import static dev.rekey.credential.CredentialFixture.POLICY;
import static dev.rekey.credential.CredentialFixture.aCredential;
import static dev.rekey.credential.CredentialFixture.expiring;
import static dev.rekey.credential.CredentialFixture.seen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.credential.CredentialView.Source;
import dev.rekey.credential.CredentialView.SourceKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provenance and age of the values that the API returns. */
class CredentialViewTest {

  private static final Instant SCANNED = NOW.plusSeconds(60);

  @ParameterizedTest
  @CsvSource({
    "ACTIVE,   UPSTREAM, 60",
    "RETIRING, REKEY,    60",
    "RETIRED,  REKEY,    0",
    "EXPIRED,  CLOCK,   -1",
    "MISSING,  UPSTREAM, 0"
  })
  void statusHasASourceAndATime(CredentialStatus status, SourceKind from, int secondsFromNow) {
    CredentialView view = view(aCredential(status), SCANNED);

    assertThat(view.sources().status())
        .isEqualTo(new Source(from, NOW.plusSeconds(secondsFromNow)));
  }

  @Test
  void laterScanIsTheObservationUnlessTheCredentialIsGone() {
    assertThat(observedAt(CredentialStatus.ACTIVE, SCANNED)).isEqualTo(SCANNED);
    assertThat(observedAt(CredentialStatus.ACTIVE, NOW.minusSeconds(1))).isEqualTo(NOW);
    assertThat(observedAt(CredentialStatus.MISSING, SCANNED)).isEqualTo(NOW);
    assertThat(view(aCredential(), null).observedAt()).isEqualTo(NOW);
  }

  private static Instant observedAt(CredentialStatus status, Instant scannedAt) {
    CredentialView view = view(aCredential(status), scannedAt);
    assertThat(view.sources().facts())
        .isEqualTo(new Source(SourceKind.UPSTREAM, view.observedAt()));
    return view.observedAt();
  }

  @Test
  void expiryHasTheUpstreamOrThePolicyAsItsSource() {
    Credential byPolicy = aCredential();
    Credential byUpstream = aCredential();
    byUpstream.observe(expiring(SCANNED), NOW, POLICY);
    Credential without = aCredential();
    without.observe(seen(), NOW, NO_MAX_AGE);

    assertThat(view(byPolicy, null).sources().end()).isEqualTo(new Source(SourceKind.POLICY, NOW));
    assertThat(view(byUpstream, null).sources().end())
        .isEqualTo(new Source(SourceKind.UPSTREAM, NOW));
    assertThat(view(without, null).sources().end()).isNull();
  }

  private static CredentialView view(Credential credential, @Nullable Instant scannedAt) {
    return CredentialView.of(credential, scannedAt, false, "default", null, null);
  }
}
