package dev.rekey.credential;

import static dev.rekey.credential.CredentialFixture.NOW;
import static dev.rekey.credential.CredentialFixture.deleted;
import static dev.rekey.credential.CredentialFixture.expiring;
import static dev.rekey.credential.CredentialFixture.named;
import static dev.rekey.credential.CredentialFixture.seen;
import static dev.rekey.credential.CredentialFixture.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.upstream.CredentialNaming;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** Which differences are drift, and how facts are normalised before they are compared. */
class CredentialFactsTest {

  private static final CredentialFacts FACTS = CredentialFacts.of(seen());

  @Test
  void sameFactsAreNoDrift() {
    assertThat(FACTS.changesTo(CredentialFacts.of(seen()))).isEmpty();
  }

  @Test
  void everyDifferentFieldIsReportedWithBothValues() {
    var other =
        new CredentialFacts(
            "other", "new name", null, FACTS.createdAt(), FACTS.updatedAt(), NOW, null, null);

    assertThat(FACTS.changesTo(other))
        .containsExactly(
            new Change("displayName", "name", "new name"),
            new Change("description", "text", null),
            new Change("clientId", "client", "other"),
            new Change("expiresAt", null, NOW.toString()));
  }

  @Test
  void useAndDeletionAreNoDrift() {
    assertThat(FACTS.changesTo(CredentialFacts.of(used(NOW)))).isEmpty();
    assertThat(FACTS.changesTo(CredentialFacts.of(deleted(NOW)))).isEmpty();
  }

  @Test
  void timesAreCutToMicroseconds() {
    Instant nanos = NOW.plusNanos(1_999);

    assertThat(CredentialFacts.of(expiring(nanos)))
        .isEqualTo(CredentialFacts.of(expiring(NOW.plus(1, ChronoUnit.MICROS))));
  }

  @Test
  void textsAreCutToWhatPostgresCanStore() {
    assertThat(CredentialFacts.of(named("a\0b\ud83d")).displayName()).isEqualTo("ab?");
    assertThat(CredentialFacts.of(named(null)).displayName()).isNull();
  }

  @Test
  void changeThroughRekeyTakesOverOnlyTheChangedNames() {
    var seen =
        new CredentialFacts(
            "other", "new name", "new text", NOW, NOW, NOW.plusSeconds(1), NOW, null);

    CredentialFacts merged = FACTS.with(new CredentialNaming(null, "new text"), seen);

    assertThat(merged)
        .isEqualTo(new CredentialFacts("client", "name", "new text", NOW, NOW, null, NOW, null));
  }
}
