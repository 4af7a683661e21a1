package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LeaseTest {

  private static final Duration TIME = Duration.ofMinutes(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InstantSource wall = now::get;
  private final Lease lease = Lease.of(TIME, wall.withZone(ZoneOffset.UTC));

  @Test
  void aLeaseIsValidAtFirst() {
    assertThat(lease.isValid()).isTrue();
  }

  /** The monotonic clock stands still while a virtual machine is suspended. */
  @Test
  void aLeaseIsOverOnceTheWallClockSaysSo() {
    now.set(now.get().plus(TIME));

    assertThat(lease.isValid()).isFalse();
  }

  /** Somebody can set the wall clock back. */
  @Test
  void aLeaseIsOverOnceTheMonotonicClockSaysSo() {
    var over = Lease.of(Duration.ofNanos(1), Clock.fixed(now.get(), ZoneOffset.UTC));

    assertThat(over.isValid()).isFalse();
  }
}
