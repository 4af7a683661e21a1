package dev.rekey.policy;

import dev.rekey.access.SubjectPattern;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the expiry of credentials is notified, and when they are rotated.
 *
 * @param subjects the subjects that it applies to, unless an earlier policy does; empty for all
 * @param notifyDays days before an expiry at which it is notified
 * @param rotateWhen when a credential is due; the earliest counts; empty for never
 * @param overlap how long an old credential stays valid after the first use of the new one; null
 *     for the default of rotations
 * @param jitter by how much rotations that are due at the same time are spread
 * @param ramp the time over which credentials are spread that are overdue when the policy is new
 * @param deliverTo names of the targets that the new secrets are delivered to
 * @param outline the policy as it is configured
 */
public record Policy(
    String name,
    List<SubjectPattern> subjects,
    Set<Integer> notifyDays,
    List<RotateWhen> rotateWhen,
    ChangeWindows windows,
    @Nullable Duration overlap,
    Duration jitter,
    Duration ramp,
    Retries retries,
    List<String> deliverTo,
    PolicyOutline outline) {

  /** The part of the ramp in which nothing starts, so that there is time to object. */
  private static final int NOTICE = 10;

  /** The time before an expiry that a rotation and its delivery may need. */
  private static final Duration MARGIN = Duration.ofHours(1);

  /** Whether the patterns include the subject. An earlier policy may apply to it nevertheless. */
  public boolean matches(Subject subject) {
    return subjects.isEmpty() || subjects.stream().anyMatch(one -> one.matches(subject));
  }

  public boolean rotates() {
    return !rotateWhen.isEmpty();
  }

  /** Changes if the policy rotates at other times. Then credentials may be overdue at once. */
  public String rule() {
    return name + " " + rotateWhen.stream().map(RotateWhen::toString).sorted().toList();
  }

  /** The actor in the history. */
  public String actor() {
    return "policy/" + name;
  }

  /** The next rotation of a credential. */
  public NextRotation next(Standing credential, Instant now) {
    Instant due =
        rotateWhen.stream()
            .map(when -> when.of(credential))
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null);
    if (due == null) {
      return NextRotation.never(WaitsFor.DUE_TIME);
    }
    if (credential.isBusy()) {
      return NextRotation.blocked(due, WaitsFor.ROTATION);
    }
    if (credential.isHalted()) {
      return NextRotation.blocked(due, WaitsFor.AUTOMATION_HALTED);
    }
    Ready ready = ready(credential, due, now);
    Optional<Instant> opening = start(credential, ready.at(), now);
    boolean isBroken = isDueByExpiry(credential, ready.at()) && passesExpiry(credential, opening);
    Instant at = isBroken ? ready.at() : opening.orElse(null);
    return new NextRotation(due, at, waitsFor(ready, due, at, now), isBroken);
  }

  /** When nothing but the change window is in the way, and what is in the way until then. */
  private record Ready(Instant at, WaitsFor waitsFor) {

    Ready notBefore(Instant time, WaitsFor because) {
      return time.isAfter(at) ? new Ready(time, because) : this;
    }
  }

  private Ready ready(Standing credential, Instant due, Instant now) {
    Instant spread = due.plus(jitterOf(credential, until(credential, due)));
    var ready = new Ready(spread, WaitsFor.DUE_TIME);
    Instant since = credential.ruledSince();
    if (due.isBefore(since)) {
      ready = ready.notBefore(since.plus(firstSlot(credential)), WaitsFor.FIRST_SLOT);
    }
    Instant triedAt = credential.triedAt();
    if (credential.tries() > 0 && triedAt != null) {
      ready = ready.notBefore(nextTry(credential, triedAt), WaitsFor.RETRY);
    }
    Instant pausedUntil = credential.pausedUntil();
    return pausedUntil == null || !pausedUntil.isAfter(now)
        ? ready
        : ready.notBefore(pausedUntil, WaitsFor.PAUSE);
  }

  // The next cycle is too late if the credential expires before.
  private Instant nextTry(Standing credential, Instant triedAt) {
    Instant next = retries.next(credential.tries(), triedAt, windows);
    return isDueByExpiry(credential, triedAt) && passesExpiry(credential, Optional.of(next))
        ? triedAt.plus(Retries.pause(credential.tries()))
        : next;
  }

  /** Half of the time until the expiry; null without one. */
  private static @Nullable Duration until(Standing credential, Instant from) {
    Instant expiry = credential.expiresAt();
    if (expiry == null) {
      return null;
    }
    Duration half = Duration.between(from, expiry).dividedBy(2);
    return half.isNegative() ? Duration.ZERO : half;
  }

  private Duration jitterOf(Standing credential, @Nullable Duration most) {
    return Spread.JITTER.place(name, credential.subject(), atMost(jitter, most));
  }

  // The ramp ends well before the expiry.
  private Duration firstSlot(Standing credential) {
    Duration length = atMost(ramp, until(credential, credential.ruledSince()));
    Duration notice = length.dividedBy(NOTICE);
    return notice.plus(Spread.RAMP.place(name, credential.subject(), length.minus(notice)));
  }

  private static Duration atMost(Duration length, @Nullable Duration most) {
    return most == null || length.compareTo(most) < 0 ? length : most;
  }

  /** When it starts within the windows; a missed window waits for the next one. */
  private Optional<Instant> start(Standing credential, Instant ready, Instant now) {
    return windows
        .next(Instants.later(ready, now))
        .map(
            opening ->
                opening.includes(ready)
                    ? ready
                    : opening.start().plus(jitterOf(credential, opening.lengthUpTo(jitter))));
  }

  private boolean isDueByExpiry(Standing credential, Instant at) {
    return rotateWhen.stream()
        .filter(RotateWhen.BeforeExpiry.class::isInstance)
        .map(when -> when.of(credential))
        .filter(Objects::nonNull)
        .anyMatch(due -> !due.isAfter(at));
  }

  private static boolean passesExpiry(Standing credential, Optional<Instant> start) {
    Instant latest = Objects.requireNonNull(credential.expiresAt()).minus(MARGIN);
    return start.isEmpty() || !start.get().isBefore(latest);
  }

  private static WaitsFor waitsFor(Ready ready, Instant due, @Nullable Instant at, Instant now) {
    if (at != null && !at.isAfter(now)) {
      return WaitsFor.TURN;
    }
    if (due.isAfter(now)) {
      return WaitsFor.DUE_TIME;
    }
    return ready.at().equals(at) || ready.at().isAfter(now) ? ready.waitsFor() : WaitsFor.WINDOW;
  }
}
