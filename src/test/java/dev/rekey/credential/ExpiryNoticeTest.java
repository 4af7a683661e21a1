package dev.rekey.credential;

import static dev.rekey.credential.CredentialFixture.NOW;
import static dev.rekey.credential.CredentialFixture.THRESHOLDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the next notification of an expiry is due. */
class ExpiryNoticeTest {

  private static final Instant EXPIRY = NOW.plus(Duration.ofDays(100));

  @Test
  void firstNotificationIsAtTheFirstThreshold() {
    assertThat(ExpiryNotice.NONE.plan(EXPIRY, THRESHOLDS))
        .isEqualTo(new ExpiryNotice(null, null, daysBefore(30)));
  }

  @ParameterizedTest
  @CsvSource({"30, 14", "14, 7", "7, 1", "1, 0", "10, 7"})
  void nextNotificationIsAtTheNextThreshold(int notified, int next) {
    assertThat(notified(notified).notifyAt()).isEqualTo(daysBefore(next));
    assertThat(notified(notified).plan(EXPIRY, THRESHOLDS)).isEqualTo(notified(notified));
  }

  @Test
  void nothingIsNotifiedAfterTheExpiry() {
    assertThat(notified(0).notifyAt()).isNull();
    assertThat(notified(0).isDue(EXPIRY.plusSeconds(1))).isFalse();
  }

  @Test
  void movedExpiryStartsAtTheFirstThresholdAgain() {
    Instant moved = EXPIRY.plus(Duration.ofDays(1));

    assertThat(notified(7).plan(moved, THRESHOLDS))
        .isEqualTo(new ExpiryNotice(null, null, moved.minus(Duration.ofDays(30))));
  }

  @Test
  void withoutAnExpiryNothingIsPlanned() {
    assertThat(notified(7).plan(null, THRESHOLDS)).isEqualTo(ExpiryNotice.NONE);
    assertThat(ExpiryNotice.NONE.isDue(Instant.MAX)).isFalse();
  }

  @Test
  void notificationIsDueFromItsTimeOn() {
    ExpiryNotice notice = ExpiryNotice.NONE.plan(EXPIRY, THRESHOLDS);

    assertThat(notice.isDue(daysBefore(30).minusNanos(1))).isFalse();
    assertThat(notice.isDue(daysBefore(30))).isTrue();
  }

  private static ExpiryNotice notified(int days) {
    return ExpiryNotice.NONE.notified(new ExpiryNotice.Reached(days, EXPIRY, true), THRESHOLDS);
  }

  private static Instant daysBefore(int days) {
    return EXPIRY.minus(Duration.ofDays(days));
  }
}
