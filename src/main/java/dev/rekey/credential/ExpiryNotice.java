package dev.rekey.credential;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the notifications about one credential's expiry.
 *
 * @param notifiedDays the last notified threshold in days before expiry, 0 for the expiry; null if
 *     none was notified
 * @param notifiedExpiry the expiry that was notified; null if none was
 * @param notifyAt when the next threshold is reached; null if none is left
 */
@Embeddable
record ExpiryNotice(
    @Column(name = "told_days") @Nullable Integer notifiedDays,
    @Column(name = "told_end") @Nullable Instant notifiedExpiry,
    @Column(name = "tell_at") @Nullable Instant notifyAt) {

  static final ExpiryNotice NONE = new ExpiryNotice(null, null, null);

  /**
   * A threshold before a credential's expiry that was reached.
   *
   * @param days days before the expiry; 0 for the expiry itself
   * @param byPolicy true if only Rekey's policy sets the expiry, so that the credential still works
   */
  record Reached(int days, Instant expiry, boolean byPolicy) {

    boolean isExpiry() {
      return days == 0;
    }
  }

  /** Plans the next notification. A new expiry starts at the first threshold again. */
  ExpiryNotice plan(@Nullable Instant expiry, ExpiryThresholds thresholds) {
    if (expiry == null) {
      return NONE;
    }
    return expiry.equals(notifiedExpiry)
        ? new ExpiryNotice(notifiedDays, expiry, thresholds.notifyAt(expiry, notifiedDays))
        : new ExpiryNotice(null, null, thresholds.notifyAt(expiry, null));
  }

  boolean isDue(Instant now) {
    return notifyAt != null && !notifyAt.isAfter(now);
  }

  /** Records that the threshold was notified, and plans the next one. */
  ExpiryNotice notified(Reached threshold, ExpiryThresholds thresholds) {
    Instant expiry = threshold.expiry();
    return new ExpiryNotice(
        threshold.days(), expiry, thresholds.notifyAt(expiry, threshold.days()));
  }
}
